"""The policy: from which thresholds on a crowd is a gathering, and how far a warning should reach."""

from crowd.policy.areas import check_policy
from crowd.policy.judge import judge_crowds
from crowd.policy.levels import LEVELS
from crowd.policy.read import load_policy
from crowd.policy.schema import Policy

__all__ = ["LEVELS", "Policy", "check_policy", "judge_crowds", "load_policy"]
