"""Plan and deploy: a Project goes to Nango as its own CLI would send it."""

from nangonb._deploy.compiling import Compiler
from nangonb._deploy.deploy import Deploying, Prepared, prepare, with_next
from nangonb._deploy.functions import DeployingFunctions, prepare_functions
from nangonb._deploy.payload import Package
from nangonb._deploy.plan import Plan, PlannedScript
from nangonb._deploy.result import DeployedScript, Deployment

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
