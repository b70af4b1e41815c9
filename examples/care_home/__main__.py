"""Run the care home, or one of its parts: ``python -m examples.care_home home``."""

from __future__ import annotations

import json
import logging
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from examples.care_home.sensor_help import CAMERA_HELP, FRIGATE_HELP, WORN_HELP
from examples.terminal import console, explained

app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False, rich_markup_mode=None)

State = Annotated[Path, typer.Option(help="Folder of the log, the rooms' state and the secrets.")]
Port = Annotated[int, typer.Option(min=1, max=65535)]
Residents = Annotated[int, typer.Option(min=1, max=400, help="Simulated residents, a room each.")]
Speed = Annotated[float, typer.Option(min=0.1, max=60, help="Seconds of the residents in one second.")]
Webhook = Annotated[str, typer.Option(help="Address that gets every alarm as a FHIR DeviceAlert, signed.")]
Contact = Annotated[str, typer.Option(help="Script of a dry contact: called with `on ROOM`, and `off`.")]
Mqtt = Annotated[str, typer.Option(help="Address of a broker, such as mqtt://127.0.0.1:1883.")]
Nats = Annotated[str, typer.Option(help="Servers of a cluster, such as nats://10.0.0.1,10.0.0.2,10.0.0.3.")]
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
    nats: Nats = "",
) -> None:
    """Hub, page and simulated residents in one command, on this machine alone."""
    from examples.care_home.home import run_home
    from examples.care_home.serving import HubSettings

    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    with explained():
        settings = HubSettings(state, port=port, webhook=webhook, contact=contact, nats=nats)
        run_home(settings, residents=residents, speed=speed)


@app.command()
def hub(
    state: State = Path("demo/home"),
    host: Annotated[str, typer.Option(help="Where to listen.")] = "127.0.0.1",
    port: Port = 8765,
    webhook: Webhook = "",
    contact: Contact = "",
    mqtt: Mqtt = "",
    nats: Nats = "",
    certificate: Certificate = None,
    key: Key = None,
) -> None:
    """The hub and its page; rooms and staff come over the network."""
    from examples.care_home.serving import HubSettings, running_hub, serve

    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    settings = HubSettings(state, host, port, webhook, contact, mqtt, nats, certificate, key)
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
    nats: Nats = "",
    silhouette: Annotated[
        bool, typer.Option("--silhouette", help="In an alarm, let an outline of 24 x 24 points leave the room.")
    ] = False,
    name: Annotated[str, typer.Option(help="The room, as staff call it, if it has sensors.")] = "12",
    worn: Annotated[str, typer.Option(help=WORN_HELP)] = "",
    camera: Annotated[str, typer.Option(help=CAMERA_HELP)] = "",
    frigate: Annotated[str, typer.Option(help=FRIGATE_HELP)] = "",
    detector: Annotated[str, typer.Option(help="Who finds people in --camera: motion or pose.")] = "motion",
    zones: Annotated[Path | None, typer.Option(help="Outlines of beds and sofas, as save_zones writes them.")] = None,
    phone_host: Annotated[str, typer.Option(help="Where phones push to.")] = "127.0.0.1",
    phone_port: Annotated[int, typer.Option(min=1, max=65535)] = 8770,
    certificate: Certificate = None,
    certificate_key: Key = None,
) -> None:
    """A room with its sensors (--worn, --camera, --frigate), or rooms of simulated residents without any.

    They watch and sound also while there is no hub.
    """
    from examples.care_home.live_room import LiveRoomSettings, run_live_room
    from examples.care_home.simulated_rooms import NodeSettings, run_rooms

    settings = NodeSettings(hub_url, key, state, residents, speed, sound, mqtt, node, nats, silhouette)
    with explained():
        if not (worn or camera or frigate):
            run_rooms(settings)
            return
        sensors = LiveRoomSettings(
            name, worn, camera, frigate, detector, zones, phone_host, phone_port, certificate, certificate_key
        )
        run_live_room(settings, sensors)


@app.command()
def load(
    residents: Annotated[int, typer.Option(min=2, max=1900, help="Simulated residents.")] = 200,
    seconds: Annotated[int, typer.Option(min=10, max=3600)] = 60,
    processes: Annotated[int, typer.Option(min=1, max=16, help="Processes for the rooms.")] = 2,
    port: Port = 8766,
    rate_hz: Annotated[
        float, typer.Option("--rate", help="Samples a second of each worn sensor: a multiple of the models' 25.")
    ] = 50.0,
    nats: Nats = "",
) -> None:
    """How many residents this machine can watch: decisions a second, delays, memory."""
    from examples.care_home.load import run_load

    with explained():
        run_load(residents, seconds, processes, port, rate_hz, nats)


@app.command()
def replay(
    residents: Annotated[int, typer.Option(min=1, max=30, help="Simulated residents, one after the other.")] = 2,
    hours: Annotated[float, typer.Option(min=0.1, max=24.0)] = 0.5,
    falls: Annotated[int, typer.Option(min=0, max=30, help="Of each resident; at most six an hour.")] = 3,
    urfd: Annotated[Path | None, typer.Option(help="Folder of URFD: its sequences instead.")] = None,
    thresholds: Annotated[
        bool, typer.Option("--thresholds", help="Only count what other thresholds would have done, for the page.")
    ] = False,
) -> None:
    """Recordings through rooms and hub, faster than time, with staff who answer."""
    from examples.care_home.replay import replay_simulated, replay_urfd

    with explained():
        if thresholds:
            from examples.care_home.recorded_days import write_recorded_days

            write_recorded_days(residents, hours, falls)
        elif urfd is None:
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
