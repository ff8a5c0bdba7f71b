"""What an app with requests costs at its start: it asks nothing of any host."""
import requests


def main():
    print(requests.__version__)


if __name__ == "__main__":
    main()
