import pytest

from tandem_training.__main__ import _parser
from tandem_training.arguments import read_options
from tandem_training.errors import InputError
from tandem_training.recipes import Lora, Recipe

files = ["--model", "m", "--data", "d", "--out", "o"]


def options(command, *args):
    return read_options(command, _parser().parse_args([command, *files, *args]))


def refuses(text, command, *args):
    with pytest.raises(InputError, match=text):
        options(command, *args)


def test_the_defaults_are_the_papers():
    lora = Lora(64, 128, 0.05, ("q_proj", "k_proj", "v_proj"))
    assert options("dpo").recipe == Recipe(1e-6, 32, 2, 0.1, 0.1, "linear", 1024, lora, beta=0.1)
    assert options("reward", "--part", "picker").recipe == Recipe(5e-6, 64, 2, 0.0, 0.0, "linear", 1024, None)


def test_values_replace_those_of_the_preset():
    found = options(
        "dpo", "--preset", "cpu", "--beta", "0.3", "--lora-r", "4", "--lora-targets", "q_proj,o_proj"
    ).recipe
    assert (found.beta, found.lora, found.batch_size) == (0.3, Lora(4, 32, 0.05, ("q_proj", "o_proj")), 16)
    assert options("dpo", "--full").recipe.lora is None
    assert options("sft", "--lora").recipe.lora == Lora()
    assert options("reward", "--part", "all", "--preset", "cpu", "--lora").recipe.lora == Lora(16, 32)


def test_a_reward_model_needs_a_part():
    refuses("--part is missing. For the paper's roles give --part picker", "reward")


@pytest.mark.parametrize("command", ["sft", "dpo", "reward"])
def test_nothing_is_trained_on_the_part_evaluation(command):
    refuses("--part is evaluation: expected all, picker or oracle.*Give --part picker", command, "--part", "evaluation")
    refuses("--part is test: expected all, picker or oracle", command, "--part", "test")


def test_contradictions_are_refused():
    refuses("--full and --lora contradict each other", "dpo", "--full", "--lora")
    refuses("--adapter continues a LoRA adapter and --full trains all weights", "dpo", "--full", "--adapter", "a")
    refuses("--adapter has a size of its own", "dpo", "--adapter", "a", "--lora-r", "4")
    refuses("need --lora", "sft", "--lora-r", "4")
    refuses("--micro-batch is 5: expected a divisor of the batch size 32", "dpo", "--micro-batch", "5")
    assert options("dpo", "--batch-size", "6").micro_batch == 3
