import sys

if "pytest" in sys.modules:  # else it is a process that a test has started
    import pytest

    # A failed assertion of a helper says what it compared, as one of a test does.
    pytest.register_assert_rewrite("tests.support", "tests.wire")
