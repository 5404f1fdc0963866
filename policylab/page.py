"""The report as one HTML page with its pictures inside: no script, nothing fetched."""

from __future__ import annotations

import base64

from jinja2 import Environment, PackageLoader, StrictUndefined

from policylab import plots
from policylab.report import Report
from policylab.samples import Sample
from policylab.validation import Validation


def html_page(report: Report, sample: Sample, validation: Validation) -> str:
    """Return the page, in English and Chinese side by side."""
    environment = Environment(
        loader=PackageLoader("policylab", "."), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters["picture"] = _data_url
    return environment.get_template("report.html.j2").render(
        report=report,
        roc=plots.roc(sample.bad, validation.probability),
        calibration=plots.calibration_curve(sample.bad, validation.probability),
        distribution=plots.score_distribution(sample.bad, validation.points),
        bins={row.metric: plots.bins(row) for row in report.attributes},
    )


def _data_url(svg: str) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"
