"""One Kafka broker that is its own controller (KRaft)."""

import base64
import shutil
import subprocess
import uuid
from functools import partial
from pathlib import Path

from services.files import private_folder, rename_filled
from services.settings import HOST, Settings
from services.setup.jars import jar_dir
from services.stack import probes
from services.stack.layout import Layout
from services.stack.native.service import NativeService
from services.stack.native.services import jvm

_FAST_START = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]


def service(settings: Settings, layout: Layout) -> NativeService:
    """The broker. Topics are made by the gateway, never by a typing error in a client."""
    return NativeService(
        name="kafka",
        command=_java(layout, ["-Xmx512m", "-Xms128m"], ["kafka.Kafka", str(_properties(layout))]),
        ports={
            "kafka_port": settings.kafka_port,
            "kafka_controller_port": settings.kafka_controller_port,
        },
        ready=partial(probes.kafka, settings),
        prepare=partial(_prepare, settings, layout),
        stop_seconds=30,
        url=f"kafka://{settings.kafka_bootstrap}",
    )


def _java(layout: Layout, options: list[str], arguments: list[str]) -> tuple[str, ...]:
    logging = f"-Dlog4j2.configurationFile={layout.run / 'kafka-log4j2.yaml'}"
    return jvm.command(layout, [jar_dir("kafka")], [*_FAST_START, logging, *options], arguments)


def _properties(layout: Layout) -> Path:
    return layout.run / "kafka.properties"


def _prepare(settings: Settings, layout: Layout) -> None:
    jvm.write_hosts_file(layout)
    (layout.run / "kafka-log4j2.yaml").write_text(_LOGGING, encoding="utf-8")
    _properties(layout).write_text(
        broker_properties(settings, layout.data / "kafka"), encoding="utf-8"
    )
    if not (layout.data / "kafka").exists():
        _format(settings, layout)


def _format(settings: Settings, layout: Layout) -> None:
    """Give the log folder its cluster id; the rename at the end makes it all or nothing."""
    scratch = layout.data / "kafka.new"
    shutil.rmtree(scratch, ignore_errors=True)
    private_folder(scratch)
    properties = layout.run / "kafka-format.properties"
    properties.write_text(broker_properties(settings, scratch), encoding="utf-8")
    cluster_id = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    arguments = [
        "kafka.tools.StorageTool",
        "format",
        f"--cluster-id={cluster_id}",
        "-c",
        str(properties),
    ]
    subprocess.run(_java(layout, [], arguments), check=True, capture_output=True)
    rename_filled(scratch, layout.data / "kafka")


def broker_properties(settings: Settings, data: Path) -> str:
    """The broker's configuration; docker-compose.yml has the same, address and folder aside.

    There is no other broker that would have a record when this machine loses power: so it is synced before it is
    acknowledged (docs/reliability.md has the price).
    """
    return f"""\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@{HOST}:{settings.kafka_controller_port}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://{HOST}:{settings.kafka_port},CONTROLLER://{HOST}:{settings.kafka_controller_port}
advertised.listeners=PLAINTEXT://{HOST}:{settings.kafka_port}
log.dirs={data}
auto.create.topics.enable=false
default.replication.factor=1
min.insync.replicas=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.num.partitions=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.num.partitions=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
broker.heartbeat.interval.ms=500
broker.session.timeout.ms=3000
offsets.retention.minutes=5256000
log.cleaner.dedupe.buffer.size=16777216
message.max.bytes=2097152
log.flush.interval.messages={settings.kafka_log_flush_interval_messages}
log.flush.interval.ms=1000
log.flush.scheduler.interval.ms=500
num.network.threads=2
num.io.threads=4
"""


_LOGGING = """\
Configuration:
  status: warn
  Appenders:
    Console:
      name: console
      PatternLayout:
        pattern: "%d{yyyy-MM-dd HH:mm:ss} %-5p %m (%c{1})%n"
  Loggers:
    Root:
      level: warn
      AppenderRef:
        ref: console
    Logger:
      - name: kafka.server.KafkaRaftServer
        level: info
"""
