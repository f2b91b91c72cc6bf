"""What the `ocop` command can do. Each command is one small function."""

from __future__ import annotations

import argparse
import datetime as dt
import logging
import os
import signal
import sys
from pathlib import Path
from threading import Event

from ocop import demo
from ocop.batches import work as batches
from ocop.cli import setup, supervisor
from ocop.config import Config, ConfigError
from ocop.config import load as load_config
from ocop.db import backup, migrate
from ocop.db.engine import make_engine
from ocop.db.secrets import KeysMissing
from ocop.db.secrets import load as load_secrets
from ocop.imports import work as imports
from ocop.jobs import housekeeping, worker
from ocop.publishing import services as publishing_services
from ocop.publishing import work as publishing
from traceability.highwater import HighWater, MarkBroken, MarkMissing


def run(config: Config, _args: argparse.Namespace) -> int:
    config.var.mkdir(parents=True, exist_ok=True, mode=0o700)
    supervisor.hold(config.var)
    ready = setup.prepare(config)
    if config.demo and not setup.has_accounts(ready.engine):
        print("Đang dựng xã mẫu (một lần duy nhất)…", flush=True)
        demo.fill(ready.engine, config, ready.secrets)
    elif not setup.somebody_can_sign_in(ready.engine):
        link = setup.first_account_link(ready, config)
        print(f"Mở một lần để tạo tài khoản đầu tiên: {link}", flush=True)
    demo_people = demo.people(ready.engine)
    ready.engine.dispose()
    _greet(config, demo_people)
    return supervisor.run(_parts(config))


def _parts(config: Config) -> list[supervisor.Part]:
    env = {**os.environ, "OCOP_VAR": str(config.var)}
    python = [sys.executable, "-m"]
    web = (
        "granian --interface wsgi --factory --workers 1 --blocking-threads 8 --backpressure 64 --no-ws "
        f"--log-level error --host {config.host} --port {config.port} ocop.app:create_app"
    ).split()
    return [
        supervisor.Part("sàn tập dượt", [*python, "ocop", "practice"], env),
        supervisor.Part("máy làm nền", [*python, "ocop", "worker"], env),
        supervisor.Part("trang web", [*python, *web], env),
    ]


def _greet(config: Config, people: list[demo.Person]) -> None:
    print(f"\n  OCOP Lên Sàn      {config.base_url}")
    print(f"  Sàn tập dượt      {config.practice_url}")
    if people:
        print(f"\n  Đăng nhập thử (mật khẩu chung: {demo.PASSWORD})")
        for person in people:
            print(f"    {person.phone}   {person.role}")
    print("\n  Bấm Ctrl-C để tắt tất cả.\n", flush=True)


def run_worker(config: Config, args: argparse.Namespace) -> int:
    engine = make_engine(config.database_url, must_exist=True)
    secrets = load_secrets(config.secrets_dir)
    steps = [
        *publishing.steps(config, secrets),
        *batches.steps(config, secrets),
        *imports.steps(config, secrets),
        *housekeeping.steps(),
    ]
    if args.until_idle:
        worker.run_until_idle(engine, steps)
        return 0
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    worker.run(engine, steps, stop)
    return 0


def run_practice(config: Config, _args: argparse.Namespace) -> int:
    """Replace this process by the practice marketplace; its credentials are the practice channel's."""
    config.practice_db.parent.mkdir(parents=True, exist_ok=True)
    user, password = publishing_services.practice_login(config.secrets_dir)
    env = {**os.environ, "PRACTICE_USER": user, "PRACTICE_PASSWORD": password}
    command = [sys.executable, "-m", "marketplace_adapters.practice"]
    command += ["--port", str(config.practice_port), "--db", str(config.practice_db)]
    os.execve(sys.executable, command, env)  # noqa: S606


def upgrade(config: Config, _args: argparse.Namespace) -> int:
    setup.prepare(config)
    print(f"Dữ liệu đã ở bản {migrate.newest()}.")
    return 0


def back_up(config: Config, args: argparse.Namespace) -> int:
    name = f"ocop-{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%SZ}.age"
    target = Path(args.file) if args.file else config.var / "backups" / name
    engine = make_engine(config.database_url, must_exist=True)
    secrets = load_secrets(config.secrets_dir)
    written = backup.back_up(engine, config.var, target, secrets.backup)
    print(f"Đã sao lưu vào {written}. Khóa mở bản này nằm riêng ở {config.secrets_dir / 'backup.key'}.")
    return 0


def restore(config: Config, args: argparse.Namespace) -> int:
    supervisor.hold(config.var)
    key = Path(args.key) if args.key else config.secrets_dir / "backup.key"
    aside = backup.restore(Path(args.file), config.var, key.read_text("ascii").strip(), replace=args.replace)
    print("Đã khôi phục dữ liệu." + (f" Bản đang có trước đó để ở {aside}." if aside else ""))
    if not config.mark_file.exists():
        print("Thiếu tệp mốc số cuộn tem: chưa lấy được số tem mới. Xem docs/van-hanh.md, mục Mốc số cuộn.")
    return 0


def set_mark(config: Config, args: argparse.Namespace) -> int:
    """Make the roll mark again after it was lost, or raise it. The operator says how far rolls may have been
    printed; a mark never goes down, and a broken one is not written over: a person looks at it first."""
    mark = HighWater(config.mark_file)
    try:
        standing = mark.read()
    except MarkMissing:
        mark.create(args.number)
    except MarkBroken:
        print(f"Tệp mốc {config.mark_file} bị hỏng, không ghi đè. Dời tệp ấy sang chỗ khác rồi gõ lại.")
        return 1
    else:
        if args.number <= standing:
            print(f"Mốc đang là {standing}, không hạ xuống.")
            return 1
        mark.raise_to(args.number)
    print(f"Đã đặt mốc {args.number}: cuộn tem sau mang số {args.number + 1} trở đi.")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="ocop", description="OCOP Lên Sàn: ghi một lần, bán nhiều nơi")
    commands = parser.add_subparsers(required=True, metavar="LỆNH")

    def add(name: str, function: object, text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text)
        command.set_defaults(function=function)
        return command

    add("run", run, "chạy tất cả: trang web, máy làm nền, sàn tập dượt")
    add("worker", run_worker, "chỉ chạy máy làm nền").add_argument("--until-idle", action="store_true")
    add("practice", run_practice, "chỉ chạy sàn tập dượt")
    add("upgrade", upgrade, "nâng dữ liệu lên bản mới")
    add("backup", back_up, "sao lưu vào một tệp mã hóa").add_argument("file", nargs="?")
    again = add("restore", restore, "khôi phục từ tệp sao lưu")
    again.add_argument("file")
    again.add_argument("--key", help="tệp khóa backup.key khi khôi phục trên máy khác")
    again.add_argument("--replace", action="store_true", help="dời dữ liệu đang có sang bên cạnh")
    add("mark", set_mark, "đặt lại mốc số cuộn tem").add_argument("number", type=int)
    return parser


def main(argv: list[str] | None = None) -> int:
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    args = _parser().parse_args(argv)
    try:
        return args.function(load_config(), args)
    except (ConfigError, KeysMissing, backup.BackupFailed, supervisor.AlreadyRunning) as error:
        print(f"ocop: {error}", file=sys.stderr)
        return 2
