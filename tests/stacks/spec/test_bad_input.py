"""Every value that can't be meant is refused with its line, its key and, where it can be told, what was meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from mlstack_components.errors import SpecError
from mlstack_stacks.spec import load_all

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# (text of the valid specification, what replaces it, key of the problem, part of the message, part of the suggestion)
CASES = [
    ("name: churn", "name: Churn", "name", "not allowed", 'Write "churn".'),
    ("name: churn", "name: my_churn model", "name", "not allowed", 'Write "my-churn-model".'),
    ("name: churn", "name: 2churn", "name", "not allowed", 'Write "churn".'),
    ("name: churn", "name: churn-", "name", "not allowed", 'Write "churn".'),
    ("name: churn", "name: a--b", "name", "not allowed", 'Write "a-b".'),
    ("name: churn", "name: Kündigung", "name", "not allowed", ""),
    ("name: churn", 'name: "12"', "name", "not allowed", ""),
    ("name: churn", 'name: ""', "name", "is empty", ""),
    ("name: churn", "name: " + "a" * 41, "name", "has 41 characters; 40 are allowed", "Shorten"),
    ("name: churn", "name: aws-churn", "name", '"aws" is reserved', 'Write "my-aws-churn".'),
    ("name: churn", "name: sagemaker-churn", "name", '"sagemaker" is reserved', ""),
    ("name: churn", "name: xn--churn", "name", "not allowed", ""),
    ("name: churn", "name: 12", "name", "must be text, not a whole number", 'Put it in quotes: "12".'),
    ("name: churn", "name: [churn]", "name", "must be text, not a list", ""),
    ("name: churn", "name: null", "name", "needs a value", ""),
    ("name: churn", "name:", "name", "has no value", ""),
    ("name: churn\n", "", "name", "is missing", "Add `name: my-project`."),
    ("owner: ml-team", "owner: ml\U0001f600", "owner", "becomes a tag", ""),
    ("owner: ml-team", "cloud: azzure", "cloud", 'must be "aws"', ""),
    ("owner: ml-team", "ownr: ml-team", "ownr", "unknown key", 'Did you mean "owner"?'),
    ("owner: ml-team", "quota: 1", "quota", "unknown key", "Known are"),
    (
        "owner: ml-team",
        "cost: {assumptions: {hours_per_month: 800}}",
        "cost.assumptions.hours_per_month",
        "must be at most 744",
        "",
    ),
    (
        "owner: ml-team",
        "cost: {assumptions: {hours_per_month: 0}}",
        "cost.assumptions.hours_per_month",
        "must be at least 1",
        "",
    ),
    (
        "owner: ml-team",
        "cost: {assumptions: {runs_per_month: -1}}",
        "cost.assumptions.runs_per_month",
        "must be at least 0",
        "",
    ),
    ("owner: ml-team", "cost: {assumptions: {storage_gb: .inf}}", "cost.assumptions.storage_gb", "", ""),
    ("owner: ml-team", "cost: {assumptions: {storage_gb: .nan}}", "cost.assumptions.storage_gb", "", ""),
    ("owner: ml-team", "cost: {assumptions: {storage_gb: 1e13}}", "cost.assumptions.storage_gb", "must be at most", ""),
    ("owner: ml-team", "cost: {assumptions: {messages: true}}", "cost.assumptions.messages", "must be a number", ""),
    (
        "owner: ml-team",
        "cost: {assumptions: {mesages: 1}}",
        "cost.assumptions.mesages",
        "unknown key",
        'Did you mean "messages"?',
    ),
    ("owner: ml-team", "cost: {asumptions: {}}", "cost.asumptions", "unknown key", 'Did you mean "assumptions"?'),
    ("owner: ml-team", "region: eu-west-1", "region", "belongs to an environment", "Move it"),
    ("source: data/churn.csv", "source: /etc/passwd", "data.source", "not a path inside the project", ""),
    ("source: data/churn.csv", "source: data/../../x", "data.source", "not a path inside the project", ""),
    ("source: data/churn.csv", "sorce: data/churn.csv", "data.sorce", "unknown key", 'Did you mean "source"?'),
    ("source: data/churn.csv", "source: s3:/bucket/x/", "data.source", "is not there", ""),
    ("source: data/churn.csv", "source: gs://bucket/x/", "data.source", "neither a path nor a prefix in S3", ""),
    ("source: data/churn.csv", "source: s3://bucket/x", "data.source", "end with a slash", 'Write "s3://bucket/x/"'),
    ("source: data/churn.csv", "source: s3://Bucket/x/", "data.source", "not the name of a bucket", ""),
    ("source: data/churn.csv", "source: s3://a..b/x/", "data.source", "not the name of a bucket", ""),
    ("source: data/churn.csv", "source: s3:///", "data.source", "names no prefix", "s3:///datasets/weather/"),
    ("source: data/churn.csv", "source: s3://bucket/a*/", "data.source", "a policy can name", ""),
    ("source: data/churn.csv", "source: 's3://bucket/${x}/'", "data.source", "a policy can name", ""),
    ("source: data/churn.csv", "source: s3://bucket/a//b/", "data.source", "a policy can name", ""),
    ("source: data/churn.csv", "source: s3://bucket/../b/", "data.source", "a policy can name", ""),
    ("source: data/churn.csv", f"source: s3://bucket/{'a' * 901}/", "data.source", "900 are allowed", ""),
    (
        "source: data/churn.csv",
        "encryption_key: arn:aws:kms:eu-west-1:111111111111:key/a, source: data/churn.csv",
        "data",
        "`source` names none",
        "Remove it",
    ),
    (
        "source: data/churn.csv",
        "encryption_key: alias/a, source: s3://bucket/x/",
        "data.encryption_key",
        "not the ARN of a KMS key",
        "",
    ),
    ("owner: ml-team", "storage: {replicate_to: eu-west-1}", "storage.replicate_to", "the region of `dev` itself", ""),
    ("owner: ml-team", "storage: {replicate_to: cn-north-1}", "storage.replicate_to", "different partitions", ""),
    ("owner: ml-team", "storage: {replicate_to: eu-west}", "storage.replicate_to", "unknown region", ""),
    ("owner: ml-team", "storage: {archive_after_days: 0}", "storage.archive_after_days", "must be at least 1", ""),
    ("source: data/churn.csv", "source: data/other.csv", "data.source", "is not there", ""),
    ("src/prepare.py", "../prepare.py", "steps.prepare.entry_point", "not a path inside the project", ""),
    ("src/prepare.py", "prepare.py", "steps.prepare.entry_point", "not a Python script below src/", ""),
    ("src/prepare.py", "src/prepare.sh", "steps.prepare.entry_point", "not a Python script below src/", ""),
    (
        "src/prepare.py",
        f"src/{'x' * 83}.py",
        "steps.prepare.entry_point",
        "has 90 characters; 89 are allowed",
        "Shorten",
    ),
    ("src/prepare.py", '"src/a b;rm.py"', "steps.prepare.entry_point", "can't carry", ""),
    ("instance_type: ml.m5.xlarge", "instance_type: m5.xlarge", "steps.train.instance_type", "", '"ml.m5.xlarge"?'),
    ("instance_type: ml.m5.xlarge", "instance_type: ml.m5.xlrage", "steps.train.instance_type", "", '"ml.m5.xlarge"?'),
    ("instance_type: ml.m5.xlarge", "instance_type: big", "steps.train.instance_type", "", 'Such as "ml.m5.large".'),
    ("instance_type: ml.m5.xlarge", "instance_type: null", "steps.train.instance_type", "needs a value", ""),
    (
        "instance_type: ml.m5.xlarge",
        "instance_type: ml.q9.large",
        "steps.train.instance_type",
        "not an instance type that AWS knows for training jobs",
        'Did you mean "ml.m5.large"?',
    ),
    # There, but for another use.
    (
        "instance_type: ml.m5.large}\n  train",
        "instance_type: ml.t2.medium}\n  train",
        "steps.prepare.instance_type",
        "",
        "",
    ),
    ("instance_type: ml.m5.large, ins", "instance_type: ml.r8i.large, ins", "serving.instance_type", "endpoints", ""),
    (
        "instance_type: ml.m5.large, ins",
        "instance_type: ml.c7g.large, ins",
        "serving.instance_type",
        "has an Arm",
        "m5",
    ),
    (
        "serving: {instances: {min: 2}}}",
        "serving: {instance_type: ml.m5.lrage}}",
        "environments.prod.serving.instance_type",
        "",
        '"ml.m5.large"?',
    ),
    (
        "serving: {instances: {min: 2}}}",
        "serving: {instance_type: ml.q5.large}}",
        "environments.prod.serving.instance_type",
        "knows for endpoints",
        '"ml.m5.large"?',
    ),
    (
        "instance_type: ml.m5.large}\n  train",
        "max_runtime_minutes: 12961}\n  train",
        "steps.prepare.max_runtime_minutes",
        "must be at most 12960",
        "",
    ),
    ("instance_type: ml.m5.xlarge", "volume_size_gb: 0", "steps.train.volume_size_gb", "must be at least 1", ""),
    ("instance_type: ml.m5.xlarge", "volume_size_gb: 99999", "steps.train.volume_size_gb", "must be at most 16384", ""),
    ("instance_type: ml.m5.xlarge", "volume_size_gb: 1.5", "steps.train.volume_size_gb", "must be a whole number", ""),
    ("instance_type: ml.m5.xlarge", 'volume_size_gb: "5"', "steps.train.volume_size_gb", "", "Write 5 without quotes."),
    ("instance_type: ml.m5.xlarge", "max_runtime_minutes: -1", "steps.train.max_runtime_minutes", "at least 1", ""),
    (
        "framework: sklearn",
        "framework: sklern",
        "steps.train.framework",
        'must be "sklearn"',
        'Did you mean "sklearn"?',
    ),
    ("framework: sklearn", "framework: {name: sklearn, version: 1.2}", "steps.train.framework.version", "", '"1.2"'),
    ("framework: sklearn", 'framework: {version: "1.4"}', "steps.train.framework.name", "is missing", ""),
    (
        "framework: sklearn",
        'framework: {name: sklearn, version: "1.9"}',
        "steps.train.framework.version",
        "AWS has no sklearn image 1.9.",
        "Did you mean",
    ),
    ("region: eu-west-1}\n  prod", "region: ap-east-2}\n  prod", "environments.dev.region", "no sklearn image in", ""),
    ("    framework: sklearn\n", "", "steps.train.framework", "is missing", "Add `framework: sklearn`."),
    ("max_depth: 6", "max_depth: [6]", "steps.train.hyperparameters.max_depth", "one number, text, true or false", ""),
    ("max_depth: 6", "max_depth: .nan", "steps.train.hyperparameters.max_depth", "finite", ""),
    ("max_depth: 6", "max_depth: 1e999", "steps.train.hyperparameters.max_depth", "finite", ""),
    ("max_depth: 6", 'max_depth: ""', "steps.train.hyperparameters.max_depth", "1 to 2500 characters", ""),
    ("max_depth: 6", "CodeUri: x", "steps.train.hyperparameters.CodeUri", "of the pipeline's own", ""),
    ("max_depth: 6", "sagemaker_program: x", "steps.train.hyperparameters.sagemaker_program", "pipeline's own", ""),
    ("max_depth: 6", "max depth: 6", "steps.train.hyperparameters.max depth", "not a hyperparameter's name", ""),
    ('">= 0.80"', "0.80", "steps.evaluate.gates.accuracy", "says how to compare", 'Write ">= 0.8".'),
    ('">= 0.80"', '"0.80"', "steps.evaluate.gates.accuracy", "a comparison in quotes", ""),
    ('">= 0.80"', '"=> 0.80"', "steps.evaluate.gates.accuracy", "a comparison in quotes", ""),
    ('">= 0.80"', '">= high"', "steps.evaluate.gates.accuracy", "a comparison in quotes", ""),
    ('">= 0.80"', '">= 1e999"', "steps.evaluate.gates.accuracy", "finite", ""),
    ("accuracy:", "f-1:", "steps.evaluate.gates.f-1", "not a metric's name", ""),
    ("registry: {approval: manual}", "registry:", "registry", "has no value", "`registry: {}`"),
    ("registry: {approval: manual}", "registry: manual", "registry", "must be keys with values, not text", ""),
    ("registry: {approval: manual}", "registry: {images: yes}", "registry.images", "true or false", "Write true."),
    ("registry: {approval: manual}", "registry: {approval: none}", "registry.approval", 'must be "manual"', ""),
    ("kind: realtime", "kind: relatime", "serving.kind", 'must be "realtime"', 'Did you mean "realtime"?'),
    ("kind: realtime, ", "", "serving.kind", "is missing", "Add `kind: realtime`."),
    ("instances: {min: 1}", "instances: {min: 0}", "serving.instances.min", "is 0, and `kind: realtime`", "Write 1 or"),
    ("instances: {min: 1}", "instances: {min: -1}", "serving.instances.min", "must be at least 0", ""),
    ("instances: {min: 1}", "instances: {min: 101}", "serving.instances.min", "must be at most 100", ""),
    ("instances: {min: 1}", "instances: {min: true}", "serving.instances.min", "must be a whole number", ""),
    ("{min: 1}", "{min: 4, max: 2}", "serving.instances.max", "max is 2, below min, which is 4", "Write 4 or more."),
    ("{min: 1}", "{min: 1}, capture_percent: 101", "serving.capture_percent", "must be at most 100", ""),
    ("{min: 1}", "{min: 1}, capture_percent: -1", "serving.capture_percent", "must be at least 0", ""),
    ("{min: 1}", "{min: 1}, scaling: {}", "serving.scaling", "needs `instances.max` above", "{min: 1, max: 4}"),
    ("{min: 1}", "{min: 2, max: 2}, scaling: {}", "serving.scaling", "needs `instances.max` above", ""),
    ("{min: 1}", "{min: 1}, rollout: canary", "serving.rollout", "needs two or more", "{min: 2}"),
    ("{min: 1}", "{min: 1}, rollout: {kind: linear}", "serving.rollout", "needs two or more", ""),
    ("{min: 1}", "{min: 2}, rollout: canari", "serving.rollout", 'must be "all_at_once"', '"canary"?'),
    (
        "{min: 1}",
        "{min: 2}, rollout: {kind: linear, step_percent: 5}",
        "serving.rollout.step_percent",
        "a linear step has 10 percent at least",
        "",
    ),
    ("{min: 1}", "{min: 2}, rollout: {kind: linear, wait_minutes: 5}", "serving.rollout", "10 steps of 5 minutes", ""),
    ("{min: 1}", "{min: 1}, rollout: {rollback_alarm: []}", "serving.rollout.rollback_alarm", "unknown key", "alarms"),
    *(
        ("{min: 1}", f"{{min: 1, max: 4}}, scaling: {{schedules: [{schedule}]}}", key, message, suggestion)
        for schedule, key, message, suggestion in (
            ("{min: 1, max: 2}", "serving.scaling.schedules[0]", "one of `cron` and `at`", ""),
            ('{cron: "0 8 * * *", min: 3, max: 2}', "serving.scaling.schedules[0].max", "below min, which is 3", ""),
            ('{cron: "0 8 * * *", min: 3, max: 9}', "serving.scaling.schedules[0]", "leaves the range of", ""),
            ('{cron: "0 8 * *", min: 1, max: 2}', "serving.scaling.schedules[0].cron", "it has five fields", ""),
            ('{cron: "0 25 * * *", min: 1, max: 2}', "serving.scaling.schedules[0].cron", "no hour", "0 to 23"),
            ('{cron: "0 8 1 * MON", min: 1, max: 2}', "serving.scaling.schedules[0].cron", "not by both", ""),
            ('{at: "2026-13-01T00:00:00", min: 1, max: 2}', "serving.scaling.schedules[0].at", "no point in time", ""),
            ('{cronn: "0 8 * * *", min: 1, max: 2}', "serving.scaling.schedules[0].cronn", "unknown key", '"cron"?'),
        )
    ),
    ("[ml-team@example.com]", "ml-team@example.com", "notifications.emails", "must be a list", "Write [ml-team@"),
    ("[ml-team@example.com]", "[]", "notifications.emails", "must not be empty", ""),
    ("[ml-team@example.com]", "[nobody]", "notifications.emails[0]", "not an e-mail address", ""),
    ("[ml-team@example.com]", "[a@b.org, a@b.org]", "notifications.emails", "more than once", ""),
    ("customers:", "Customers:", "features.Customers", "not a feature group's name", 'Write "customers".'),
    ("customers:", "user-clicks:", "features.user-clicks", "not a feature group's name", 'Write "user_clicks".'),
    ("customers:", "c" * 31 + ":", "features." + "c" * 31, "at most 30 characters, not 31", "Shorten"),
    ("identifier: id,", "identifier: idd,", "features.customers.record_identifier", "no feature", 'Did you mean "id"?'),
    ("record_identifier: id, ", "", "features.customers.record_identifier", "is missing", "Add `record_identifier:"),
    ("event_time: at,", "event_time: when,", "features.customers.event_time", "no feature", "Add it to the schema"),
    ("event_time: at,", "event_time: visits,", "features.customers.event_time", 'not an "integer"', "visits: float"),
    ("event_time: at,", "evnt_time: at,", "features.customers.evnt_time", "unknown key", 'Did you mean "event_time"?'),
    ("schema:", "shema:", "features.customers.shema", "unknown key", 'Did you mean "schema"?'),
    ("{id: string, at: string, visits: integer}", "{}", "features.customers.schema", "must not be empty", ""),
    ("visits: integer", "visits: integr", "features.customers.schema.visits", "must be", 'Did you mean "integer"?'),
    ("visits: integer", "is_deleted: string", "features.customers.schema.is_deleted", "itself adds", "another name"),
    ("visits: integer", "write_time: string", "features.customers.schema.write_time", "itself adds", "another name"),
    ("visits: integer", "_visits: integer", "features.customers.schema._visits", "not a feature's name", ""),
    ("visits: integer}", "visits: integer}, online: yes", "features.customers.online", "true or false", "Write true."),
    (
        "visits: integer}",
        "visits: integer}, online: false, offline: false",
        "features.customers.offline",
        "neither online nor offline",
        "Set one of them to true.",
    ),
    ("dev:", "Dev:", "environments.Dev", "not allowed", 'Write "dev".'),
    ("dev:", "d" * 21 + ":", "environments." + "d" * 21, "has 21 characters; 20 are allowed", ""),
    ("  local: {}", "  local: []", "environments.local", "must be keys with values", "Write `local: {}`."),
    ("local: {}", 'local: {account: "111111111111"}', "environments.local.account", "has the account 000000", "Remove"),
    ("local: {}", "local: {name: other}", "environments.local.name", "the same in all environments", "Remove it here."),
    ("local: {}", "local: {regoin: x}", "environments.local.regoin", "unknown key", 'Did you mean "region"?'),
    ('"111111111111"', '"000000000000"', "environments.dev.account", "is the account of", ""),
    ('"111111111111"', '"1111"', "environments.dev.account", "it has 12 digits", ""),
    ('"111111111111"', "011111111111", "environments.dev.account", "must be text", '"011111111111"'),
    ('"111111111111", region: eu-west-1}\n  prod', '"111111111111"}\n  prod', "environments.dev.region", "missing", ""),
    ("region: eu-west-1}\n  prod", "region: mars-1}\n  prod", "environments.dev.region", "unknown region", ""),
]


@pytest.mark.parametrize(("old", "new", "key", "message", "suggestion"), CASES, ids=[f"{c[2]}={c[1]}" for c in CASES])
def test_a_bad_value_is_named(  # noqa: PLR0917 - a row of the table above
    write_project: Callable[..., Path], spec_text: str, old: str, new: str, key: str, message: str, suggestion: str
) -> None:
    text = spec_text.replace(old, new, 1)
    assert text != spec_text
    with pytest.raises(SpecError) as caught:
        load_all(write_project(text))
    problems = caught.value.problems
    found = [problem for problem in problems if problem.key == key]
    assert len(found) == 1, problems
    assert message in found[0].message, found
    assert suggestion in (found[0].suggestion or ""), found
    # One mistake, one problem; and it is on the line that holds the mistake, or the one that misses something.
    assert len(problems) == 1, problems
    assert found[0].line == spec_text[: spec_text.index(old)].count("\n") + 1 or message in {"is missing", "missing"}


def test_a_message_shows_no_page_and_no_escape_of_a_bad_value(write_project: Callable[..., Path]) -> None:
    with pytest.raises(SpecError) as caught:
        load_all(write_project('name: "\\e[31m' + "x" * 35 + '"\nowner: "' + "y" * 5000 + '"\n'))
    assert "\x1b" not in str(caught.value)
    assert len(str(caught.value)) < 600
