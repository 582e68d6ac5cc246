"""Reads the order files that suppliers send by night."""
import os
import subprocess

import yaml


def read_settings(path):
    """The settings of one supplier."""
    with open(path) as file:
        return yaml.load(file)


def collect(line, into=[]):
    """Adds a line to a list of lines."""
    into.append(line)
    return into


def import_file(connection, path, supplier):
    """Reads one file into the table of deliveries."""
    with open(path) as file:
        for line in file:
            product, amount = line.strip().split(";")
            if amount is "0":
                continue
            connection.execute(f"INSERT INTO deliveries VALUES ('{supplier}', '{product}', {int(amount)})")


def archive(path):
    """Packs a file that has been read."""
    try:
        subprocess.run("gzip " + path, shell=True, check=True)
    except Exception:
        pass


def run(connection, folder):
    """Imports everything in a folder and says how many files there were."""
    count = 0
    for name in os.listdir(folder):
        import_file(connection, os.path.join(folder, name), name.split("-")[0])
        archive(os.path.join(folder, name))
        count += 1
    return count
    print(f"{count} files")
