# The two commands: `make run` (plan the sample centre's next week, open the app) and `make test`.
# SIZE=small does everything on corner_shop instead of guangzhou_10000.
SIZE ?= big
ifeq ($(SIZE),small)
CENTRE := corner_shop
else
CENTRE := guangzhou_10000
endif
PYTHON ?= python3
BIN := .venv/bin
WEEK = $$($(BIN)/python sample_data/make.py --print-week $(CENTRE))

# Small matrices on many threads are many times slower.
export OMP_NUM_THREADS = 1

.PHONY: run plan test test-setup sample bench bench-solver bench-forecast bench-capacity bench-replay lock clean

run: plan
	$(BIN)/wfm serve --centre sample_data/$(CENTRE) --out out/$(CENTRE)

plan: sample
	$(BIN)/wfm plan sample_data/$(CENTRE) --week $(WEEK) --out out/$(CENTRE)

sample: sample_data/$(CENTRE)/.complete

sample_data/%/.complete: $(wildcard sample_data/*.py) .venv/.run
	$(BIN)/python sample_data/make.py $* --out sample_data/$*
	touch $@

# A wheel is taken only with the hash that the lock file names. Bytecode is written here, for where commands may not.
.venv/.run: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	$(BIN)/python -m compileall -q forecast solver ui wfm
	$(BIN)/wfm warm
	touch $@

.venv/.test: .venv/.run requirements-test.lock
	$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r requirements-test.lock
	touch $@

test: .venv/.test
	tests/browser-setup.sh
	$(MAKE) --no-print-directory sample SIZE=small
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest --numprocesses auto

bench: sample
	$(BIN)/python -m benchmarks.week --size $(SIZE)

# Hours; ROW=small is one row of it, and a table left is taken up again from out/bench.
bench-solver: .venv/.run
	$(BIN)/python -m benchmarks.solver $(addprefix --row ,$(ROW))

# Minutes, a quarter of an hour with the peers: WFM_PEERS_PYTHON names a Python that has the extra forecast-peers.
bench-forecast: .venv/.run
	$(BIN)/python -m benchmarks.forecast $(addprefix --row ,$(ROW))

# Minutes.
bench-capacity: sample
	$(BIN)/python -m benchmarks.capacity

# Minutes; the comparison with Ciw needs what `make test` installs, that with SimPy a Python that has the extra
# replay-peers, named by WFM_PEERS_PYTHON.
bench-replay: sample
	$(BIN)/python -m benchmarks.replay

# Needs uv; the files carry hashes and no address.
lock:
	uv pip compile --quiet --generate-hashes --no-header --no-annotate --python-version 3.11 pyproject.toml -o requirements.lock
	uv pip compile --quiet --generate-hashes --no-header --no-annotate --python-version 3.11 --extra test -c requirements.lock pyproject.toml -o requirements-test.lock

clean:
	rm -rf .venv out sample_data/guangzhou_10000 sample_data/corner_shop
