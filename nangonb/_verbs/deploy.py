"""``deploy``: check, show the plan, ask, deploy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from nangonb._project import ZERO_YAML
from nangonb._project.options import Option
from nangonb._session import current
from nangonb._verbs.commands import session_of
from nangonb._verbs.options import SourcesArgument, TypeScriptLayoutOption
from nangonb._verbs.verb import verb
from nangonb.errors import DeployError, UnknownName, UsageError

if TYPE_CHECKING:
    from nangonb._deploy import Deploying, DeployingFunctions, Deployment

_DestructiveOption = Annotated[
    bool,
    Option(
        "--allow-destructive",
        "do not ask before deletions either: what the plan lists is deleted permanently",
    ),
]
_ViaOption = Annotated[
    Literal["functions"] | None,
    Option(
        "--via", "functions: send TypeScript source, which Nango Cloud compiles; needs no Node.js here", "API"
    ),
]


def _command(sources: SourcesArgument, **options: Any) -> int:
    with session_of(*sources, trust=True):  # it loads each script, as Nango will
        result = deploy(**options)
    print(result)
    return 0 if result.ok else DeployError.exit_code


@verb(
    command=_command,
    epilog="Other scripts of the environment are left alone. "
    "Exit code 11: it was not deployed, or not all of it.",
)
def deploy(
    environment: Annotated[
        str, Option("ENV", "the Nango environment: dev, prod …, or sandbox", completes="environment")
    ],
    *,
    plan: Annotated[bool, Option("--plan", "deploy nothing; show what would change")] = False,
    auto_confirm: Annotated[
        bool, Option("--auto-confirm", "do not ask, unless something is deleted")
    ] = False,
    allow_destructive: _DestructiveOption = False,
    layout: TypeScriptLayoutOption = None,
    via: _ViaOption = None,
) -> Deployment:
    """Deploy the scripts to Nango, for real: check everything, show what would change, ask, deploy.

    Only the scripts that are declared here are deployed; others of the environment are left alone.
    ``plan`` ends with the plan. ``auto_confirm`` does not ask, unless something is deleted;
    ``allow_destructive`` does not ask then, either. ``layout`` is ``nango-yaml`` or ``zero-yaml``, by
    default the second where a script declares itself. ``via="functions"`` sends TypeScript source,
    one script after the other, which Nango Cloud compiles: it needs no Node.js here.

    Raises:
        ProjectError: something would be refused, or does not load: nothing was sent.
        DeployError: Nango refused it, nobody can be asked, or it broke off; it says what is live.
        Interrupted: it was stopped; likewise.
        UnknownName, ConfigurationError: the layout, the environment, Node.js.
    """
    from nangonb._deploy import Deployment, with_next

    if via not in (None, "functions"):
        raise UnknownName("way to deploy", str(via), ["functions"])
    if via is not None and layout not in (None, ZERO_YAML.name):
        raise UsageError(
            f"--layout {layout} does not go with --via functions: that API takes zero-yaml only.",
            hint="Leave out one of the two.",
        )
    session = current()
    deployer, front = session.deployer, session.front
    target = session.connections.target(environment)
    given = [*(["--layout", layout] if layout else []), *(["--via", via] if via else [])]
    session.workspace.show_differences()
    deploying: Deploying | DeployingFunctions
    if via is None:
        deploying = deployer.by_bundle(target, layout)
    else:
        deploying = deployer.by_source(target, allow_destructive)
    planned = deploying.plan()
    if plan:
        return Deployment("planned", planned, next=(f"Deploy it: {deployer.line(target, *given)}",))
    if front is not None:
        front.show(planned)
    declined = deployer.declined(
        planned, target, given, auto_confirm=auto_confirm, allow_destructive=allow_destructive
    )
    if declined is not None:
        return Deployment("declined", planned, next=declined, shown=front is not None)
    done = deploying.deploy(planned)
    return with_next(done, list(deployer.to_watch(done, target)), shown=front is not None)
