# Every target sets up what it needs; `make` alone lists them.
VENV := .venv
PYTHON := $(VENV)/bin/python
STAMP := $(VENV)/.installed
REGION_SET ?= default
RULES ?=
RULE_SET ?=
LAMBDA_ROLE_NAME ?=
ACCOUNT ?=
CENTRAL_ACCOUNT ?=
PARTITION ?= aws
PARAMETERS ?=
REGION ?= us-east-1
ORGANIZATION ?=
CODE_BUCKET ?=
LAMBDA_ROLE_ARN ?=

# The demo and the tests start many processes, which would compile every module again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup test test-long test-pages pictures lint coverage format dist bench faults fuzz mutants remediation docs build deploy undeploy pack terraform local-aws demo clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(STAMP) ## Create .venv with the pinned versions; every target does this

$(STAMP): pyproject.toml setup.py requirements.lock tools/setup_venv tools/build_backend.py
	@tools/setup_venv $(VENV)
	@touch $@

demo: $(STAMP) ## Deploy, evaluate, remediate and notify on a local AWS
	@$(PYTHON) -m demo

# Three processes for two cores: tests often wait for the processes that they start.
test: lint ## Run the linters and all tests except those marked "long"
	@$(PYTHON) -m pytest -q -n 3 --dist worksteal

test-long: lint ## Run the linters and all tests (over 7 min)
	@LONG_TESTS=1 $(PYTHON) -m pytest -q -n 3 --dist worksteal -m ''

test-pages: $(STAMP) ## Test the HTML report in a headless browser, if installed
	@$(PYTHON) -m pytest -q tests/report/test_pages.py

lint: $(STAMP) ## Check style, import contracts and types
	@$(PYTHON) -m ruff check --quiet .
	@$(PYTHON) -m ruff format --quiet --check . || \
		{ echo "ruff format would change files: run make format" >&2; exit 1; }
	@out=$$($(VENV)/bin/lint-imports 2>&1) || { echo "$$out" >&2; exit 1; }
	@$(PYTHON) -m mypy --no-error-summary
	@out=$$($(VENV)/bin/zizmor --offline --no-progress --quiet action.yml .github \
		examples/github-actions 2>&1) || { echo "$$out" >&2; exit 1; }

coverage: $(STAMP) ## Run the tests and print the coverage of each file
	@$(PYTHON) -m pytest -q -n 2 --dist worksteal --cov --cov-report term:skip-covered

faults: $(STAMP) ## Inject faults at every API call, alone and in pairs (10 min)
	@FAULTS=all $(PYTHON) -m pytest -q -s -m '' tests/faults

fuzz: $(STAMP) ## Test with random accounts, patterns, parameters [EXAMPLES=N]
	@FUZZ_EXAMPLES=$(or $(EXAMPLES),5000) $(PYTHON) -m pytest -q -m chance

mutants: $(STAMP) ## List code changes that no test notices (10 min) [COUNT=500]
	@$(PYTHON) tools/mutants $(COUNT)

bench: $(STAMP) ## Compare speed, size, API calls with a stored run [SECTIONS=]
	@$(PYTHON) -m bench $(SECTIONS)

format: $(STAMP) ## Let ruff fix the style
	@$(PYTHON) -m ruff check --quiet --fix .
	@$(PYTHON) -m ruff format --quiet .

dist: $(STAMP) ## Build the source distribution and the wheel in dist/
	@$(PYTHON) -m build --no-isolation >/dev/null

build: $(STAMP) ## Complete the rule folders for `rdk deploy` [COMPILED=1]
	@$(PYTHON) -m deployment build $(if $(COMPILED),--compiled)

remediation: $(STAMP) ## Write the remediations, their role and cloudformation/ from the controls
	@$(PYTHON) -m alarmchain.remediation rules cloudformation/alarms.json iam/remediation-role.yaml

pictures: $(STAMP) ## Make README's pictures of the reports; needs a browser
	@$(PYTHON) tools/pictures

docs: $(STAMP) ## Write docs/rules.md and docs/compliance.md from the rules
	@$(PYTHON) -m alarmchain.report.rules_guide rules docs/rules.md
	@$(PYTHON) -m alarmchain.report.compliance docs/compliance.md

deploy: $(STAMP) ## Deploy [REGION_SET=] [RULES="A B"] [RULE_SET=] [REMEDIATION=] [TRIGGER=]
	@$(PYTHON) -m deployment deploy --build $(if $(COMPILED),--compiled) --region-set '$(REGION_SET)' \
		--rule-set '$(RULE_SET)' $(if $(LAMBDA_ROLE_NAME),--lambda-role-name '$(LAMBDA_ROLE_NAME)') \
		--remediation '$(or $(REMEDIATION),manual)' --trigger '$(or $(TRIGGER),daily)' \
		$(if $(SKIP_INIT),--skip-init) $(addprefix --parameter ,$(PARAMETERS)) $(RULES)

undeploy: $(STAMP) ## Remove the deployed rules [REGION_SET=] [RULES="A B"]
	@$(PYTHON) -m deployment undeploy --region-set '$(REGION_SET)' --rule-set '$(RULE_SET)' $(RULES)

pack: $(STAMP) ## Write the pack to build/pack [RULE_SET=] [REMEDIATION=] [ACCOUNT=]
	@$(PYTHON) -m deployment.pack $(addprefix --rule ,$(RULES)) --rule-set '$(RULE_SET)' \
		--remediation '$(or $(REMEDIATION),none)' \
		$(if $(ACCOUNT),--account '$(ACCOUNT)') --partition '$(PARTITION)' \
		$(if $(CENTRAL_ACCOUNT),--central-account '$(CENTRAL_ACCOUNT)') $(PARAMETERS)

terraform: $(STAMP) ## Write Terraform modules to build/terraform [ORGANIZATION=1]
	@$(PYTHON) -m deployment.terraform --region '$(REGION)' $(if $(ORGANIZATION),--organization) \
		$(if $(CODE_BUCKET),--code-bucket '$(CODE_BUCKET)') \
		$(if $(LAMBDA_ROLE_ARN),--lambda-role-arn '$(LAMBDA_ROLE_ARN)') $(RULES)

local-aws: $(STAMP) ## Start the local AWS and print the environment to set
	@$(PYTHON) -m localaws

clean: ## Remove every file that make has written
	@rm -rf build dist .venv *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	@rm -rf .coverage .hypothesis rules/*/alarmchain rules/*/rdklib rules/*/remediation.json rules/*/*.zip
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
