from ci_mlops.cli.main import main

main()
