"""The report as one HTML page with its pictures inside: no script, nothing fetched."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined

from policylab import plots
from policylab.holdout import Holdout
from policylab.report_record import Report
from policylab.samples import Sample


def html_page(report: Report, sample: Sample, holdout: Holdout) -> str:
    """Return the page, in English and Chinese side by side."""
    environment = Environment(
        loader=PackageLoader("policylab", "."), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters["picture"] = plots.data_url
    return environment.get_template("report.html.j2").render(
        report=report,
        roc=plots.draw_roc(sample.bad, holdout.probability),
        calibration=plots.draw_calibration_curve(sample.bad, holdout.probability),
        distribution=plots.draw_score_distribution(sample.bad, holdout.points),
        bins={row.metric: plots.draw_bins(row) for row in report.attributes},
    )
