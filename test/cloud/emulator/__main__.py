"""Runs ministack with what the service needs of AWS and ministack lacks: python test/cloud/emulator"""

import sys

import athena
import cloudformation
import rights

from ministack.app import main

cloudformation.install()
athena.install()
rights.install()
sys.exit(main())
