# The front door. `make help` lists everything; behind it stand `python -m services.…` and their --help.
# Settings go as variables: make emulate ROWS=500 RATE=0 SEED=100

PYTHON ?= python3
SHELL := bash
.DEFAULT_GOAL := help
.SUFFIXES:
MAKEFLAGS += --no-print-directory

ENV = $(PYTHON) -m services.setup env
stack = @python=$$($(ENV)) && "$$python" -m services.stack
run = $(stack).run
here = @python=$$($(ENV) --lock core) && "$$python" -m
dev = @python=$$($(ENV) --lock dev) && "$$python" -m services.setup jars && "$$python" -m
option = $(if $($(1)),--$(2) "$($(1))")

help:  ## list the commands
	@awk -F ':.*## ' '/^##: / {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  \033[1m%-13s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

##: the stack
setup:  ## make the environment, fetch the jars or build the images (every other command does this by itself)
	$(stack) setup

demo:  ## from nothing to answers: set up, start, load, post 500 turns, sink, clean, answer
	@python=$$($(ENV) --native-first) && "$$python" -m services.stack demo $(call option,ROWS,rows)

up:  ## start everything that does not run yet (RUNTIME=native|compose PROFILE=core|full, in Compose also cluster WORKERS=2, notebooks, confluent)
	$(stack) up $(call option,PROFILE,profile) $(call option,WORKERS,workers)

down:  ## stop everything, keep all data
	$(stack) down

status:  ## how each service is (FORMAT=json)
	$(stack) status $(call option,FORMAT,format)

logs:  ## last lines of the logs (SERVICE=kafka LINES=20 FOLLOW=1)
	$(stack) logs $(SERVICE) $(call option,LINES,lines) $(if $(FOLLOW),--follow)

restart:  ## stop and start everything, or one service (SERVICE=kafka)
	$(stack) restart $(SERVICE)

clean:  ## stop everything and delete this checkout's state and data
	$(stack) clean

##: the pipeline
load:  ## put the seed data, or your own, into MySQL (DATA=file or folder; where it leaves that open: TABLE=pin DATABASE=name DELIMITER=";" ENCODING=cp1252 DAYFIRST=1)
	$(run) services.source load $(call option,DATA,data) $(call option,TABLE,table) $(call option,DATABASE,database) \
	  $(call option,DELIMITER,delimiter) $(call option,ENCODING,encoding) $(call option,DAYFIRST,dayfirst)

emulate:  ## post rows to the gateway (LAYER=batch|speed|both ROWS=500 RATE=0 SEED=100 PROCESSES=1 SEQUENTIAL=1)
	$(run) services.posting $(or $(LAYER),both) $(call option,ROWS,count) $(call option,RATE,rate) \
	  $(call option,SEED,seed) $(call option,PROCESSES,processes) $(if $(SEQUENTIAL),--sequential)

batch:  ## S3 → bronze → silver + quarantine → answers, what is new since the last time (USER_ID=… another user's)
	$(run) services.s3_sink wait && "$$python" -m services.stack.run spark_jobs.batch

speed:  ## wait until all that is in the streams is in the speed tables (SECONDS=120; RESET=pin builds one anew; STREAM=name takes a shared one)
	$(run) spark_jobs.speed $(if $(RESET),reset --table $(RESET),wait $(call option,SECONDS,seconds) $(call option,STREAM,stream))

answers:  ## the course's questions, answered (VIEW=batch|speed|merged ALL=1 EVERY_EVENT=1 FORMAT=json USER_ID=…)
	$(run) spark_jobs.answers $(call option,VIEW,view) $(call option,FORMAT,format) \
	  $(if $(EVERY_EVENT),--every-event) $(if $(ALL),--all)

ledger:  ## count every record at every hop; fails when one is lost or doubled (FORMAT=json USER_ID=…)
	$(run) services.ledger $(call option,FORMAT,format)

##: your own code
run:  ## run a posting script of yours, unchanged; of a folder, list what lies in it (SCRIPT=file ARGS="…" MAX_REQUESTS=500 FAST=1 INTERPRETER=python3.12 WRITE_CONFIG=1 INSTALL=0)
	$(here) services.stack.run services.reroute $(call option,MAX_REQUESTS,max-requests) $(if $(FAST),--fast) \
	  $(if $(WRITE_CONFIG),--write-config) $(if $(filter 0,$(INSTALL)),--no-install) \
	  $(call option,INTERPRETER,interpreter) $(if $(SCRIPT),-- "$$SCRIPT") $(ARGS)

notebooks:  ## open JupyterLab on the notebooks, with spark, dbutils and display in them
	$(run) services.workspace.jupyter

airflow:  ## Airflow's address and login, its DAGs, and what was changed in yours
	@python=$$($(ENV)) && "$$python" -m services.airflow show

dag-run:  ## trigger a DAG and follow it to its end (DAG=<user id>_dag CONF='{"key": "value"}')
	@python=$$($(ENV)) && "$$python" -m services.airflow run $(call option,DAG,dag) $(if $(CONF),--conf "$$CONF")

##: development
test:  ## set up what is needed and pass every test, on free ports, leaving nothing behind (WORKERS=3; ARGS="tests/unit -k word": those alone, in one process)
	$(dev) pytest $(or $(ARGS),-n $(or $(WORKERS),3) --durations 10)

chaos:  ## the long tests too: kill -9 of every process in the middle of work, five times each
	$(dev) pytest tests -m "chaos or long" $(ARGS)

bench:  ## measure every figure beside its limit (FORMAT=json); needs an idle machine
	$(here) services.setup jars && "$$python" -m benchmarks $(call option,FORMAT,format) $(ARGS)

soak:  ## an hour at 100 records a second: memory, lag and files must not grow (MINUTES=60 RATE=100)
	$(here) services.setup jars && "$$python" -m benchmarks.soak $(call option,MINUTES,minutes) $(call option,RATE,rate)

test-compose:  ## the whole stack in Docker Compose, from nothing to clean (a quarter of an hour; needs a Docker daemon)
	@docker info >/dev/null 2>&1 || { echo "No Docker daemon answers: start it, then run make test-compose again." >&2; exit 1; }
	$(dev) pytest tests/compose $(ARGS)

check:  ## format, lint, imports and types; Dockerfiles and docker-compose.yml
	@python=$$($(ENV) --lock dev) && "$$python" -m ruff format --check && "$$python" -m ruff check \
	  && "$$(dirname "$$python")/lint-imports" --no-cache --no-logo && "$$python" -m mypy \
	  && "$$(dirname "$$python")/hadolint" services/Dockerfile services/streams/localstack/Dockerfile spark_jobs/Dockerfile airflow/Dockerfile
	@tests/compose/check

lock:  ## resolve requirements/*.in and requirements/jars/*.in anew
	@set -e; python=$$($(ENV) --lock dev); for name in bootstrap core services spark dev airflow npm; do \
	  case $$name in services|spark|dev) same="--constraint requirements/core.txt";; *) same=;; esac; \
	  "$$python" -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	    $$same requirements/$$name.in -o requirements/$$name.txt; done; "$$python" -m services.setup lock-jars

lock-images:  ## ask the registries for the digests of all images anew (requirements/images.lock)
	@python=$$($(ENV) --lock dev) && "$$python" -m services.stack.compose.image_digests

.PHONY: $(shell awk -F: '/^[a-z][a-z0-9-]*:/ {print $$1}' $(MAKEFILE_LIST))
