"Tests of many notebooks and their rigs: made-up splits and runs, faults, kills, engines. In a checkout, not in the wheel."
