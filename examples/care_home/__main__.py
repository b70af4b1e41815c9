"""Run the care home, or one of its parts: ``python -m examples.care_home home``."""

from __future__ import annotations

import json
import logging
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from examples.terminal import console, explained

app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False, rich_markup_mode=None)

State = Annotated[Path, typer.Option(help="Folder of the log, the rooms' state and the secrets.")]
Port = Annotated[int, typer.Option(min=1, max=65535)]
Residents = Annotated[int, typer.Option(min=1, max=400, help="Simulated residents, a room each.")]
Speed = Annotated[float, typer.Option(min=0.1, max=60, help="Seconds of the residents in one second.")]
Webhook = Annotated[str, typer.Option(help="Address that gets every alarm as a FHIR DeviceAlert, signed.")]
Contact = Annotated[str, typer.Option(help="Script of a dry contact: called with `on ROOM`, and `off`.")]
Mqtt = Annotated[str, typer.Option(help="Address of a broker, such as mqtt://127.0.0.1:1883.")]
Certificate = Annotated[Path | None, typer.Option(help="For HTTPS; needed beyond this machine.")]
Key = Annotated[Path | None, typer.Option(help="The certificate's key.")]


@app.command()
def home(
    state: State = Path("demo/home"),
    port: Port = 8765,
    residents: Residents = 6,
    speed: Speed = 1.0,
    webhook: Webhook = "",
    contact: Contact = "",
) -> None:
    """Hub, page and simulated residents in one command, on this machine alone."""
    from examples.care_home.home import run_home
    from examples.care_home.serving import HubSettings

    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    with explained():
        run_home(HubSettings(state, port=port, webhook=webhook, contact=contact), residents=residents, speed=speed)


@app.command()
def hub(
    state: State = Path("demo/home"),
    host: Annotated[str, typer.Option(help="Where to listen.")] = "127.0.0.1",
    port: Port = 8765,
    webhook: Webhook = "",
    contact: Contact = "",
    mqtt: Mqtt = "",
    certificate: Certificate = None,
    key: Key = None,
) -> None:
    """The hub and its page; rooms and staff come over the network."""
    from examples.care_home.serving import HubSettings, running_hub, serve

    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    settings = HubSettings(state, host, port, webhook, contact, mqtt, certificate, key)
    with explained(), running_hub(settings) as running:
        console.print(f"The page: {settings.url}. Rooms need the secret in {settings.room_key}.", highlight=False)
        serve(running, settings)


@app.command()
def room(
    hub_url: Annotated[str, typer.Option("--hub", help="Address of the hub.")] = "http://127.0.0.1:8765",
    key: Annotated[Path, typer.Option(help="File with the secret that rooms share with the hub.")] = Path(
        "demo/home/rooms.key"
    ),
    state: Annotated[Path | None, typer.Option(help="Folder in which alarms outlive a restart.")] = Path(
        "demo/home/rooms"
    ),
    residents: Residents = 1,
    speed: Speed = 1.0,
    sound: Annotated[str, typer.Option(help="Command that sounds in the room; it gets the room's name.")] = "",
    mqtt: Mqtt = "",
    node: Annotated[str, typer.Option(help="Name on the broker, which no other node has.")] = "node-1",
) -> None:
    """Rooms of simulated residents; they watch and sound also while there is no hub."""
    from examples.care_home.simulated_rooms import NodeSettings, run_rooms

    with explained():
        run_rooms(NodeSettings(hub_url, key, state, residents, speed, sound, mqtt, node))


@app.command()
def load(
    residents: Annotated[int, typer.Option(min=2, max=1900, help="Simulated residents.")] = 200,
    seconds: Annotated[int, typer.Option(min=10, max=3600)] = 60,
    processes: Annotated[int, typer.Option(min=1, max=16, help="Processes for the rooms.")] = 2,
    port: Port = 8766,
) -> None:
    """How many residents this machine can watch: decisions a second, delays, memory."""
    from examples.care_home.load import run_load

    with explained():
        run_load(residents, seconds, processes, port)


@app.command()
def replay(
    residents: Annotated[int, typer.Option(min=1, max=30, help="Simulated residents, one after the other.")] = 2,
    hours: Annotated[float, typer.Option(min=0.1, max=24.0)] = 0.5,
    falls: Annotated[int, typer.Option(min=0, max=30, help="Of each resident; at most six an hour.")] = 3,
    urfd: Annotated[Path | None, typer.Option(help="Folder of URFD: its sequences instead.")] = None,
) -> None:
    """Recordings through rooms and hub, faster than time, with staff who answer."""
    from examples.care_home.replay import replay_simulated, replay_urfd

    with explained():
        if urfd is None:
            replay_simulated(residents, hours, falls)
        else:
            replay_urfd(urfd)


@app.command()
def account(
    name: str,
    role: Annotated[str, typer.Option(help="viewer, carer or lead.")] = "carer",
    state: State = Path("demo/home"),
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)] = "",
) -> None:
    """Make an account, or give it a new password; end the hub first."""
    import common
    from examples.care_home.hub.log import Log
    from examples.care_home.page.staff import Role, Staff

    with explained():
        if role not in list(Role):
            raise common.InvalidInputError(f"role is {role!r}; it must be one of {', '.join(Role)}")
        state.mkdir(parents=True, exist_ok=True)
        with closing(Log(state / "log.db")) as log:
            Staff(log).set_account(name, Role(role), password)


@app.command()
def messages() -> None:
    """Print the messages between rooms and hub as an AsyncAPI document."""
    from examples.care_home.asyncapi import document

    typer.echo(json.dumps(document(), indent=2))


@app.command()
def check(state: State = Path("demo/home")) -> None:
    """Check that no line of the log was changed or taken out; end the hub first."""
    from examples.care_home.hub.log import Log

    with explained(), closing(Log(state / "log.db")) as log:
        console.print(f"{log.verify()} lines, unbroken; the last is {log.digest}", highlight=False)


if __name__ == "__main__":
    app(prog_name="python -m examples.care_home")
