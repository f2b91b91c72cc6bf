from ocop.cli import main

raise SystemExit(main())
