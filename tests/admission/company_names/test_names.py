"""One name in many ways of writing it, and names that only look like one."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.company_names import mixed_words, normalise, same_name

FORMS_SHORT_AND_LONG = [
    ("AG", "Aktiengesellschaft"),
    ("GmbH", "Gesellschaft mit beschränkter Haftung"),
    ("GmbH", "Gesellschaft mit beschraenkter Haftung"),
    ("KGaA", "Kommanditgesellschaft auf Aktien"),
    ("S.R.L.", "Societate cu raspundere limitata"),
    ("SRL", "Societatea cu Răspundere Limitată"),
    ("S.A.R.L.", "Société à responsabilité limitée"),
    ("SA", "Société Anonyme"),
    ("SAS", "Société par actions simplifiée"),
    ("S.L.", "Sociedad Limitada"),
    ("S.A. de C.V.", "Sociedad Anónima de Capital Variable"),
    ("S. de R.L.", "Sociedad de Responsabilidad Limitada"),
    ("Lda.", "Sociedade por Quotas"),
    ("S.p.A.", "Società per Azioni"),
    ("S.r.l.", "Società a responsabilità limitata"),
    ("Sp. z o.o.", "Spółka z ograniczoną odpowiedzialnością"),
    ("S.A.", "Spółka Akcyjna"),
    ("N.V.", "Naamloze Vennootschap"),
    ("B.V.", "Besloten Vennootschap met beperkte aansprakelijkheid"),
    ("K.K.", "Kabushiki Kaisha"),
    ("Sdn. Bhd.", "Sendirian Berhad"),
    ("s.r.o.", "společnost s ručením omezeným"),
    ("d.o.o.", "društvo s ograničenom odgovornošću"),
    ("Kft.", "Korlátolt Felelősségű Társaság"),
    ("AB", "Aktiebolag"),
    ("A/S", "Aktieselskab"),
    ("Oy", "Osakeyhtiö"),
    ("A.Ş.", "Anonim Şirketi"),
    ("Ltd. Şti.", "Limited Şirketi"),
    ("UAB", "Uždaroji Akcinė Bendrovė"),
    ("LLC", "Limited Liability Company"),
    ("PLC", "Public Limited Company"),
    ("JSC", "Joint-Stock Company"),
    ("OOO", "Obshchestvo s ogranichennoy otvetstvennostyu"),
    ("ООО", "Общество с ограниченной ответственностью"),
    ("ПАО", "Публичное акционерное общество"),
    ("TNHH", "Công ty TNHH"),
]


@pytest.mark.parametrize(("short", "spelled_out"), FORMS_SHORT_AND_LONG)
def test_a_legal_form_is_understood_short_and_spelled_out(short: str, spelled_out: str) -> None:
    assert same_name(f"Zarkovia Quorran {spelled_out}", "Zarkovia Quorran")
    assert same_name(f"ZARKOVIA QUORRAN {spelled_out.upper()}", "Zarkovia Quorran")
    if short != "TNHH":
        assert same_name(f"Zarkovia Quorran {short}", f"Zarkovia Quorran {spelled_out}")


@pytest.mark.parametrize(
    "name",
    [
        "Aktiengesellschaft Zarkovia Quorran",
        "Societatea cu Răspundere Limitată ZARKOVIA QUORRAN",
        "SC Zarkovia Quorran SRL",
        "ООО «Zarkovia Quorran»",
        "Общество с ограниченной ответственностью Zarkovia Quorran",
        "株式会社Zarkovia Quorran",
        "株式会社 Zarkovia Quorran",
        "Zarkovia Quorran Aktiengeselschaft",
        "Zarkovia Quorran Incorporatd",
        "The Zarkovia Quorran Company",
        "Zarkovia Quorran, Inc. /DE/",
        "ZARKOVIA QUORRAN CORP/MN",
        "ZARKOVIA QUORRAN CORP /ADR/",
        "ZARKOVIA QUORRAN OYJ /FI",
        "ZARKOVIA QUORRAN INC /NEW/",
        "Zarkovia\u00ad Quor\u200bran",
        "ＺＡＲＫＯＶＩＡ　ＱＵＯＲＲＡＮ",
        "Zarkоvia Quоrran",
        "ZАRKОVIА QUОRRАN",
        "Ζarkovia Quorran",
    ],
)
def test_these_are_the_same_name(name: str) -> None:
    assert normalise(name).text == "zarkovia quorran"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("First Quorran Bank", "1st Quorran Bank"),
        ("Twenty-First Quorran", "21st Quorran"),
        ("Brigade Forty-Four", "Brigade 44"),
        ("Brigade Forty 4", "Brigade 44"),
        ("Two Rivers Quorran", "2 Rivers Quorran"),
        ("Quorran Fund II", "Quorran Fund 2"),
        ("鞍山第一机械有限公司", "鞍山第1机械有限公司"),
        ("中铁十一局有限公司", "中铁11局有限公司"),
        ("第二十三冶金有限公司", "第23冶金有限公司"),
        ("宏圖貿易有限公司", "宏图贸易有限公司"),
        ("臺灣鑫業電機股份有限公司", "台湾鑫业电机股份有限公司"),
        ("上海宏图贸易有限公司", "宏图贸易（上海）有限公司"),
        ("上海市宏图贸易有限公司", "宏图贸易(上海)有限责任公司"),
        ("深圳市腾飞计算机系统有限公司", "腾飞计算机系统（深圳）有限公司"),
        ("广东省深圳市宏图贸易有限公司", "宏图贸易（广东深圳）有限公司".replace("（广东深圳）", "（广东）（深圳）")),
        ("宏图（中国）有限公司", "中国宏图有限公司"),
        ("宏图 贸易 有限公司", "宏图贸易有限公司"),
        ("ＴＣＬ宏图有限公司", "TCL宏图有限公司"),
    ],
)
def test_one_name_in_two_ways(one: str, other: str) -> None:
    assert same_name(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("宏图贸易有限公司", "宏图贸易股份有限公司"),
        ("宏图贸易有限责任公司", "宏图贸易股份公司"),
        ("宏图贸易有限公司", "宏图贸易有限公司北京分公司"),
        ("宏图投资有限公司", "宏图投资合伙企业（有限合伙）"),
        ("上海宏图贸易有限公司", "北京宏图贸易有限公司"),
        ("上海宏图贸易有限公司", "宏图贸易有限公司"),
        ("宏图集团有限公司", "宏图有限公司"),
        ("三一重工股份有限公司", "31重工股份有限公司"),
        ("中铁十一局有限公司", "中铁十二局有限公司"),
        ("Quorran Fund II", "Quorran Fund III"),
        ("Quorran First", "Quorran 1"),
        ("IV Quorran Therapy", "4 Quorran Therapy"),
        ("Novo A/S", "Novo Nordisk A/S"),
        ("Private Quorran", "Quorran"),
        ("", "Quorran"),
        ("///", "--"),
    ],
)
def test_these_are_two_names(one: str, other: str) -> None:
    assert not same_name(one, other)
    assert not same_name(other, one)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Gаzprom Neft", ("Gаzprom",)),
        ("Gazprom Neft", ()),
        ("Газпром", ()),
        ("Газпром Neft", ()),
        ("Гaзпром", ("Гaзпром",)),
        ("ΑLPHA Beta", ("ΑLPHA",)),
        ("海蓝Tech有限公司", ()),
        ("Société Générale", ()),
        ("B2B Ltd", ()),
    ],
)
def test_words_that_mix_alphabets_are_told(name: str, words: tuple[str, ...]) -> None:
    assert mixed_words(name) == words


def test_a_mixed_word_is_read_in_the_alphabet_that_it_looks_like() -> None:
    assert normalise("Гaзпром").text == normalise("Газпром").text
    assert normalise("Gаzprom").text == normalise("Gazprom").text


LOOKALIKES = {"a": "а", "c": "с", "e": "е", "i": "і", "o": "о", "p": "р", "x": "х", "y": "у", "j": "ј", "s": "ѕ"}


@given(st.text("abcdeiopsxyzrn", min_size=5, max_size=14), st.data())
def test_letters_that_look_the_same_hide_no_name(word: str, data: st.DataObject) -> None:
    places = data.draw(st.sets(st.sampled_from(range(len(word))), max_size=3))
    blurred = "".join(LOOKALIKES.get(letter, letter) if at in places else letter for at, letter in enumerate(word))
    assert normalise(f"Zq {blurred}").text == normalise(f"Zq {word}").text


@given(st.sampled_from(["上海", "深圳", "北京", "内蒙古"]), st.text("宏图远洋腾飞科创", min_size=2, max_size=6))
def test_the_place_of_the_region_makes_no_difference(region: str, core: str) -> None:
    ways = [
        f"{region}{core}有限公司",
        f"{region}市{core}有限公司",
        f"{core}（{region}）有限公司",
        f"{core}({region}市)有限责任公司",
    ]
    assert all(same_name(one, other) for one, other in itertools.combinations(ways, 2))


@given(st.text(max_size=60))
def test_making_a_name_comparable_never_fails_and_is_the_same_each_time(name: str) -> None:
    assert normalise(name) == normalise(name)
    assert same_name(name, name)
