"""What a Python file says of itself, without being run."""

import ast
import re
import warnings
from dataclasses import dataclass

NOTEBOOK_MARK = "# Databricks notebook source"

_POSTS = re.compile(
    r"execute-api|vnd\.kafka|/topics/|/streams/|put_records?\(|PartitionKey|KafkaProducer|confluent_kafka"
)
_CLIENTS = {
    "requests", "httpx", "aiohttp", "urllib", "urllib3", "http", "boto3", "aiobotocore", "kafka",
    "confluent_kafka", "requests_toolbelt", "requests_futures", "pycurl", "httplib2", "aiokafka",
}  # fmt: skip
_DEFINITIONS = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom, ast.Assign,
    ast.AnnAssign, ast.Pass,
)  # fmt: skip


@dataclass(frozen=True)
class PythonSource:
    """A file as far as it can be understood.

    Attributes:
        text: What stands in it.
        modules: Modules that it imports, by their whole names; `.x` for one beside it.
        acts: Something is done when it is run, not only defined.
        dag_ids: Ids of its DAGs, as far as they are literal.
        is_dag: It makes a DAG.
        problem: Why it is no Python 3; then the others are empty.
    """

    text: str
    modules: frozenset[str] = frozenset()
    acts: bool = False
    dag_ids: tuple[str, ...] = ()
    is_dag: bool = False
    problem: str = ""

    @property
    def posts(self) -> bool:
        """It holds a client and what the pipeline's addresses or bodies look like."""
        roots = {name.lstrip(".").partition(".")[0] for name in self.modules}
        return bool(roots & _CLIENTS) and _POSTS.search(self.text) is not None

    @property
    def is_notebook(self) -> bool:
        return self.text.startswith(NOTEBOOK_MARK)


def read_source(text: str) -> PythonSource:
    """Parse a file's text."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None)
        where = f" (line {line})" if line else ""
        return PythonSource(text, problem=f"this Python cannot parse it{where}")
    nodes = list(ast.walk(tree))
    modules = frozenset(name for node in nodes for name in _imported(node))
    uses_airflow = any(name.partition(".")[0] == "airflow" for name in modules)
    calls = [node for node in nodes if _makes_dag(node)] if uses_airflow else []
    ids = tuple(dict.fromkeys(name for node in calls if (name := _dag_id(node))))
    acts = any(_is_act(statement) for statement in tree.body)
    return PythonSource(text, modules, acts=acts, dag_ids=ids, is_dag=bool(calls))


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        base = "." * node.level + (node.module or "")
        return [base, *(f"{base.rstrip('.')}.{alias.name}" for alias in node.names)]
    return []


def _is_act(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Expr):
        return not isinstance(statement.value, ast.Constant)
    if isinstance(statement, ast.If) and "__name__" in ast.unparse(statement.test):
        return True
    return not isinstance(statement, (*_DEFINITIONS, ast.If, ast.Try))


def _makes_dag(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        return _name(node.func) == "DAG"
    if isinstance(node, ast.FunctionDef):
        return any(_is_dag_decorator(one) for one in node.decorator_list)
    return False


def _is_dag_decorator(node: ast.expr) -> bool:
    return _name(node.func if isinstance(node, ast.Call) else node) == "dag"


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _dag_id(node: ast.AST) -> str:
    """The id of a DAG, when it stands there; a decorated function's name is its id."""
    call = node if isinstance(node, ast.Call) else None
    if isinstance(node, ast.FunctionDef):
        decorators = [one for one in node.decorator_list if _is_dag_decorator(one)]
        call = next((one for one in decorators if isinstance(one, ast.Call)), None)
    given = list(call.args[:1]) if call else []
    given += [word.value for word in call.keywords if word.arg == "dag_id"] if call else []
    for value in given:
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            return value.value
    return node.name if isinstance(node, ast.FunctionDef) and not given else ""
