"""Projects of a few cells."""

from __future__ import annotations

from nangonb._project import Declarations, Project, layout_named, read_cell
from nangonb._translate import translate, translate_module

YAML = """\
%%nango_yaml
integrations:
  crm:
    syncs:
      people:
        description: |
          Everybody
        runs: every hour
        output: Person
        endpoint:
          method: GET
          path: /people
          group: People
        scopes: [read, write]
        version: 1.2.3
        sync_type: incremental
        auto_start: false
        input: Settings
        webhook-subscriptions: [person.*]
    actions:
      add-person:
        endpoint: POST /people
        input: NewPerson
        output: Person
    on-events:
      validate-connection:
        - validate
models:
  Settings:
    region: string
  Person:
    id: string
    name: string | null
    tags?: string[]
    address: Address
  Address:
    city: string
    kind: home | work
  NewPerson:
    name: string
"""


def project(*cells: str, yaml: str = YAML) -> Project:
    """The project of these cells; ``In[1]`` is the yaml."""
    declarations = Declarations()
    for number, text in enumerate([yaml, *cells], 1):
        cell = read_cell(text, label=f"In[{number}]")
        assert cell is not None
        declarations.declare(cell)
    return declarations.project()


def code(project: Project, name: str, layout: str = "nango-yaml") -> str:
    """The TypeScript of a script, or of a module by its path, without the helpers at its end."""
    module = next((module for module in project.modules if module.path == name), None)
    done = (
        translate_module(project, module, layout_named(layout))
        if module
        else translate(project, project.script(name), layout_named(layout))
    )
    assert done.problems == (), "\n".join(map(str, done.problems))
    for helper in done.helpers:
        assert helper.text in done.code
    first = min((done.code.index(helper.text) for helper in done.helpers), default=len(done.code))
    return done.code[:first].rstrip() + "\n"
