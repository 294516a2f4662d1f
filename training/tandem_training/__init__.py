"""Training recipes for Tandem: SFT, DPO, reward models and iterative DPO.

Each command reads a Hugging Face folder and a JSONL file and writes a folder that `tandem up`
serves. The package knows nothing of serving.
"""

__version__ = "0.1.0"
