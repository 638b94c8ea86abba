"""Plan and deploy: a Project goes to Nango as its own CLI would send it."""

from nangonb.deploy.compiling import Compiler
from nangonb.deploy.deploy import Deploying, Prepared, prepare, with_next
from nangonb.deploy.files import layout_for
from nangonb.deploy.payload import Package
from nangonb.deploy.plan import Plan, PlannedScript
from nangonb.deploy.result import DeployedScript, Deployment

__all__ = [
    "Compiler",
    "DeployedScript",
    "Deploying",
    "Deployment",
    "Package",
    "Plan",
    "PlannedScript",
    "Prepared",
    "layout_for",
    "prepare",
    "with_next",
]
