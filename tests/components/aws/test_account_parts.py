"""What an account has once beside its identities: log groups of jobs, cost allocation tags, and a budget of all."""

from __future__ import annotations

from mlstack_components.aws.budget import Budget, BudgetArgs
from mlstack_components.aws.cost_allocation_tags import CostAllocationTags, CostAllocationTagsArgs
from mlstack_components.aws.job_logs import JobLogs, JobLogsArgs

from .conftest import KEY_ARN


def test_the_log_groups_have_sagemakers_names_a_key_and_an_end(declare) -> None:
    args = JobLogsArgs(encryption_key_arn=KEY_ARN, retention_days=90, tags={"a": "1"})
    declared = declare(lambda: list(JobLogs("acme", args).log_group_arns.values()))
    groups = [each.inputs for each in declared.all("aws:cloudwatch/logGroup:LogGroup")]
    assert {each["name"] for each in groups} == {
        "/aws/sagemaker/ProcessingJobs",
        "/aws/sagemaker/TrainingJobs",
        "/aws/sagemaker/TransformJobs",
    }
    assert {(each["kmsKeyId"], each["retentionInDays"]) for each in groups} == {(KEY_ARN, 90)}


def test_the_tags_are_active(declare) -> None:
    keys = ("mlstack:project", "mlstack:environment")
    args = CostAllocationTagsArgs(keys=keys)
    declared = declare(lambda: [each.urn for each in CostAllocationTags("acme", args).tags.values()])
    tags = [each.inputs for each in declared.all("aws:costexplorer/costAllocationTag:CostAllocationTag")]
    assert {each["tagKey"]: each["status"] for each in tags} == dict.fromkeys(keys, "Active")


def test_a_budget_without_tags_counts_everything(declare) -> None:
    args = BudgetArgs(monthly_usd=2000, alert_percent=[80], topic_arn="arn:aws:sns:::t", cost_tags={})
    budget = declare(lambda: Budget("acme", args).budget_name).one("aws:budgets/budget:Budget").inputs
    assert "filterExpression" not in budget
    assert budget["limitAmount"] == "2000"
