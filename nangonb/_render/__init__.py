"""Results, problems and tables as text and as HTML. Imports neither IPython nor pandas."""

from nangonb._render.connections import connections_html, connections_text, errors_text, tags_text
from nangonb._render.deploy import (
    DeploymentView,
    PlanView,
    deployment_html,
    deployment_text,
    plan_html,
    plan_text,
)
from nangonb._render.display import Displayable
from nangonb._render.dryrun import dryrun_html, dryrun_text, output_table
from nangonb._render.explained import Explained, explain
from nangonb._render.format import cell, elapsed, number, size
from nangonb._render.page import LIMIT, escape, page
from nangonb._render.problems import headed_html, headed_text, problems_html, problems_text
from nangonb._render.request import request_html, request_text
from nangonb._render.side_by_side import HELPERS_TITLE, Numbered, side_by_side_html
from nangonb._render.synced import SyncedView, synced_html, synced_line, synced_text, syncs_html, syncs_text
from nangonb._render.tables import extent, frame_html, frame_text, table_html, table_text, tree_text
from nangonb._render.times import (
    ProfileView,
    TimelineView,
    profile_html,
    profile_text,
    timeline_html,
    timeline_text,
)
from nangonb._render.view import DryrunView, TableView, count_line
from nangonb._text import plural, printable

__all__ = [
    "HELPERS_TITLE",
    "LIMIT",
    "DeploymentView",
    "Displayable",
    "DryrunView",
    "Explained",
    "Numbered",
    "PlanView",
    "ProfileView",
    "SyncedView",
    "TableView",
    "TimelineView",
    "cell",
    "connections_html",
    "connections_text",
    "count_line",
    "deployment_html",
    "deployment_text",
    "dryrun_html",
    "dryrun_text",
    "elapsed",
    "errors_text",
    "escape",
    "explain",
    "extent",
    "frame_html",
    "frame_text",
    "headed_html",
    "headed_text",
    "number",
    "output_table",
    "page",
    "plan_html",
    "plan_text",
    "plural",
    "printable",
    "problems_html",
    "problems_text",
    "profile_html",
    "profile_text",
    "request_html",
    "request_text",
    "side_by_side_html",
    "size",
    "synced_html",
    "synced_line",
    "synced_text",
    "syncs_html",
    "syncs_text",
    "table_html",
    "table_text",
    "tags_text",
    "timeline_html",
    "timeline_text",
    "tree_text",
]
