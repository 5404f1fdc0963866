"""Legal forms, short and spelled out: what a name loses at its ends, for it does not tell companies apart.

A table of our own; the forms that are spelled out were checked against rigour's `org_types.yml` (MIT). Forms are
written here as registers write them, and folded as names are before they are compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

_SHORT = (
    # English
    "limited|ltd|inc|incorporated|corp|corporation|co|company|llc|lc|llp|lp|plc|pllc|lllp|"
    # other European
    "gmbh|mbh|ggmbh|ag|akg|kg|kgaa|ohg|ug|se|ev|sa|sas|sasu|sarl|eurl|snc|srl|srls|spa|sapa|sl|slu|slp|sau|scrl|bv|nv|"
    "cv|"
    "vof|bvba|sprl|ab|abp|as|asa|oy|oyj|aps|is|kft|rt|zrt|nyrt|bt|doo|dd|ad|ead|ood|eood|sro|sp z oo|sp zoo|spzoo|sp j|"
    "sp k|"
    "spolka zoo|lda|eu|ehf|hf|ou|uab|ab|sia|shpk|sha|dooel|epe|ike|ae|tov|aat|tat|teo|as ltd|ltd sti|sti|"
    # Latin American
    "sa de cv|s de rl|s de rl de cv|sc de rl de cv|sapi de cv|sab de cv|sacv|ca|ltda|limitada|eirl|eireli|sac|saa|cia|"
    "cia ltda|sas esp|"
    # Russian and neighbouring
    "ooo|oao|zao|pao|nao|ao|too|tdo|jsc|ojsc|pjsc|cjsc|ооо|оао|зао|пао|нао|ао|тоо|тов|ат|прат|пат|ват|тдв|еоод|оод|ад|"
    "ead|"
    # Asian, African and Middle Eastern
    "kk|gk|yk|pte|pty|pvt|private|sdn|bhd|berhad|tbk|wll|spc|sae|saoc|saog|ksc|kscc|qsc|qpsc|psc|pjs|sal|sarlu|fze|fzc|"
    "fzco|"
    "fz llc|dmcc|jlt|ijara|bsc|bscc|"
    # Japanese and Korean
    "株式会社|有限会社|合同会社|合資会社|合名会社|주식회사|유한회사|유한책임회사"
)
_SPELLED_OUT = (
    # English
    "limited liability company|limited liability partnership|limited liability limited partnership|limited partnership|"
    "general partnership|public limited company|private limited company|private limited|private company limited|"
    "public company limited|company limited|proprietary limited|"
    "unlimited company|joint stock company|open joint stock company|public joint stock company|"
    "closed joint stock company|"
    "private joint stock company|joint stock co|free zone company|free zone establishment|free zone llc|"
    "designated activity company|company limited by shares|company limited by guarantee|public company|"
    # German
    "aktiengesellschaft|gesellschaft mit beschränkter haftung|gesellschaft mit beschraenkter haftung|gesellschaft mbh|"
    "gesellschaft m b h|ges mbh|gesmbh|ges m b h|kommanditgesellschaft|kommanditgesellschaft auf aktien|"
    "offene handelsgesellschaft|"
    "unternehmergesellschaft haftungsbeschränkt|unternehmergesellschaft haftungsbeschraenkt|ug haftungsbeschränkt|"
    "eingetragene genossenschaft|eingetragener verein|europäische gesellschaft|societas europaea|"
    "gemeinnützige gesellschaft mit beschränkter haftung|gemeinnützige gmbh|"
    # French, Dutch, Luxembourgish
    "société anonyme|société à responsabilité limitée|société par actions simplifiée|"
    "société par actions simplifiée unipersonnelle|"
    "société en nom collectif|société en commandite simple|société en commandite par actions|société privée à "
    "responsabilité limitée|entreprise unipersonnelle à responsabilité limitée|naamloze vennootschap|"
    "besloten vennootschap|"
    "besloten vennootschap met beperkte aansprakelijkheid|commanditaire vennootschap|vennootschap onder firma|"
    # Italian, Spanish, Portuguese, Romanian
    "società per azioni|società a responsabilità limitata|società a responsabilità limitata semplificata|"
    "società in nome collettivo|società in accomandita semplice|società in accomandita per azioni|società cooperativa|"
    "sociedad anónima|sociedad anónima de capital variable|sociedad anónima bursátil de capital variable|"
    "sociedad anónima unipersonal|sociedad anónima cerrada|sociedad anónima abierta|"
    "sociedad de responsabilidad limitada|sociedad de responsabilidad limitada de capital variable|sociedad limitada|"
    "sociedad limitada unipersonal|sociedad limitada laboral|sociedad por acciones simplificada|sociedad por acciones|"
    "sociedad anónima promotora de inversión de capital variable|compañía anónima|compañía limitada|"
    "sociedad comercial de responsabilidad limitada|empresa individual de responsabilidad limitada|"
    "empresa individual de responsabilidade limitada|"
    "sociedade anónima|sociedade anônima|sociedade por quotas|sociedade limitada|sociedade unipessoal por quotas|"
    "sociedade por ações|unipessoal lda|"
    "societate cu răspundere limitată|societatea cu răspundere limitată|societate cu raspundere limitata|"
    "societate pe acțiuni|societatea pe acțiuni|societate pe acţiuni|societatea pe acţiuni|societate pe actiuni|"
    # Polish, Czech, Slovak, Hungarian, South Slavic, Baltic, Albanian
    "spółka z ograniczoną odpowiedzialnością|spółka z o o|spółka z oo|spolka z ograniczona odpowiedzialnoscia|"
    "spółka akcyjna|spółka jawna|spółka komandytowa|spółka komandytowo akcyjna|prosta spółka akcyjna|"
    "spółka z ograniczoną odpowiedzialnością spółka komandytowa|"
    "společnost s ručením omezeným|spoločnosť s ručením obmedzeným|akciová společnost|akciová spoločnosť|"
    "spol s ro|spol sro|spol s r o|"
    "korlátolt felelősségű társaság|zártkörűen működő részvénytársaság|nyilvánosan működő részvénytársaság|"
    "részvénytársaság|betéti társaság|"
    "društvo s ograničenom odgovornošću|društvo sa ograničenom odgovornošću|drustvo s ogranicenom odgovornoscu|"
    "družba z omejeno odgovornostjo|dioničko društvo|delniška družba|akcionarsko društvo|"
    "uždaroji akcinė bendrovė|akcinė bendrovė|sabiedrība ar ierobežotu atbildību|akciju sabiedrība|osaühing|"
    "aktsiaselts|"
    "shoqëri me përgjegjësi të kufizuar|shoqëri aksionere|"
    # Nordic
    "aktiebolag|publikt aktiebolag|aktieselskab|aktieselskabet|anpartsselskab|anpartsselskabet|aksjeselskap|"
    "allmennaksjeselskap|osakeyhtiö|julkinen osakeyhtiö|hlutafélag|einkahlutafélag|"
    # Greek, Turkish
    "ανωνυμη εταιρεια|ανώνυμη εταιρεία|ανώνυμη εταιρία|εταιρεία περιορισμένης ευθύνης|εταιρία περιορισμένης ευθύνης|αε|"
    "επε|ικε|"
    "anonim şirketi|anonim şirket|anonim sirketi|limited şirketi|limited şirket|limited sirketi|ltd şti|"
    # Russian, Ukrainian, Bulgarian and neighbours, in both scripts
    "общество с ограниченной ответственностью|открытое акционерное общество|закрытое акционерное общество|"
    "публичное акционерное общество|непубличное акционерное общество|акционерное общество|"
    "товарищество с ограниченной ответственностью|"
    "товариство з обмеженою відповідальністю|акціонерне товариство|приватне акціонерне товариство|"
    "публічне акціонерне товариство|відкрите акціонерне товариство|закрите акціонерне товариство|"
    "дружество с ограничена отговорност|еднолично дружество с ограничена отговорност|акционерно дружество|"
    "друштво са ограниченом одговорношћу|акционарско друштво|"
    "obshchestvo s ogranichennoy otvetstvennostyu|obshchestvo s ogranichennoi otvetstvennostyu|"
    "obshchestvo s ogranichennoj otvetstvennostyu|obschestvo s ogranichennoy otvetstvennostyu|"
    "aktsionernoe obshchestvo|aktsionernoye obshchestvo|otkrytoe aktsionernoe obshchestvo|"
    "otkrytoye aktsionernoye obshchestvo|zakrytoe aktsionernoe obshchestvo|zakrytoye aktsionernoye obshchestvo|"
    "publichnoe aktsionernoe obshchestvo|publichnoye aktsionernoye obshchestvo|"
    # Asian
    "kabushiki kaisha|kabushiki gaisha|kabushikigaisha|kabushikikaisha|godo kaisha|godo gaisha|yugen kaisha|"
    "yugen gaisha|"
    "jusik hoesa|chusik hoesa|sendirian berhad|perseroan terbatas|perseroan terbuka|"
    "công ty cổ phần|công ty trách nhiệm hữu hạn|công ty tnhh|cong ty co phan|cong ty trach nhiem huu han|cong ty tnhh|"
    "công ty trách nhiệm hữu hạn một thành viên|công ty tnhh một thành viên|công ty tnhh mtv"
)
# Single words that names begin with; each form of several words is left out there as well.
_LEADING = (
    "the|ooo|oao|zao|pao|nao|ao|too|tov|pt|jsc|ojsc|pjsc|cjsc|sarl|srl|eurl|gmbh|uab|sia|ооо|оао|зао|пао|нао|ао|тоо|"
    "тов|ат|"
    "прат|пат|limited liability|株式会社|有限会社|合同会社|合資会社|合名会社|주식회사|유한회사|aktiengesellschaft|"
    "aktiebolaget|aktieselskabet|aktiebolag"
)
# Words that a name cannot begin its own name with, although a form of several words would.
_NEVER_LEADING = frozenset({("private", "limited"), ("company", "limited"), ("sp", "k"), ("sp", "j")})
_LEAST_TO_MISPRINT = 7  # letters of a form that may be one letter off: in shorter ones, that is another word

Form = tuple[str, ...]


class FormTable:
    """The legal forms, folded as names are.

    Args:
        fold: makes a text comparable; the one that names go through.
    """

    def __init__(self, fold: Callable[[str], str]) -> None:
        spelled_out = {tuple(fold(form).split()) for form in _SPELLED_OUT.split("|")}
        short = {tuple(fold(form).split()) for form in _SHORT.split("|")}
        several = {form for form in spelled_out | short if len(form) > 1}
        self._trailing = short | spelled_out
        self._leading = {tuple(fold(form).split()) for form in _LEADING.split("|")} | (several - _NEVER_LEADING)
        self._longest = max(map(len, self._trailing))
        self._ends = {form[-1] for form in self._trailing}
        self._starts = {form[0] for form in self._leading}
        self._misprinted = _one_off(form[0] for form in self._trailing if len(form) == 1)

    def strip(self, tokens: Form) -> Form:
        """Return a name's words without the legal forms at its ends; a name that is a form alone keeps its last."""
        if len(tokens) > 2 and tokens[0] == "sc" and tokens[-1] in ("srl", "sa"):
            tokens = tokens[1:]  # Romanian: S.C. EXEMPLU S.R.L.
        while size := self._leading_size(tokens):
            tokens = tokens[size:]
        while size := self._trailing_size(tokens):
            tokens = tokens[:-size]
        return tokens

    def _leading_size(self, tokens: Form) -> int:
        if len(tokens) < 2 or tokens[0] not in self._starts:
            return 0
        return next((size for size in self._sizes(tokens) if tokens[:size] in self._leading), 0)

    def _trailing_size(self, tokens: Form) -> int:
        if len(tokens) < 2:
            return 0
        last = tokens[-1]
        # Registers put the article last: "Travelers Companies, Inc. (The)".
        if last in ("and", "the"):
            return 1
        if last in self._ends:
            return next((size for size in self._sizes(tokens) if tokens[-size:] in self._trailing), 0)
        return 1 if last in self._misprinted else 0

    def _sizes(self, tokens: Sequence[str]) -> range:
        return range(min(self._longest, len(tokens) - 1), 0, -1)


def _one_off(forms: Iterable[str]) -> frozenset[str]:
    """Return what long forms look like with one letter left out, and with two neighbours swapped or one doubled."""
    found: set[str] = set()
    for form in forms:
        if len(form) >= _LEAST_TO_MISPRINT and form.isascii():
            for at in range(len(form)):
                found.add(form[:at] + form[at + 1 :])
                found.add(form[:at] + form[at] + form[at:])
                found.add(form[:at] + form[at + 1 : at + 2] + form[at] + form[at + 2 :])
    return frozenset(found)
