"""Plan and deploy: a Project goes to Nango as its own CLI would send it."""

from nangonb.deploy.compiling import Compiler
from nangonb.deploy.deploy import Deploying, Prepared, prepare, with_next
from nangonb.deploy.functions import DeployingFunctions, prepare_functions
from nangonb.deploy.payload import Package
from nangonb.deploy.plan import Plan, PlannedScript
from nangonb.deploy.result import DeployedScript, Deployment

__all__ = [
    "Compiler",
    "DeployedScript",
    "Deploying",
    "DeployingFunctions",
    "Deployment",
    "Package",
    "Plan",
    "PlannedScript",
    "Prepared",
    "prepare",
    "prepare_functions",
    "with_next",
]
