package dev.panacea.tests;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;

/** Classes that each break one rule of the house, so that a rule that can no longer fail is noticed. Never run. */
final class Offenders {
    private Offenders() { }

    static final class Binds {
        Linker linker() {
            return Linker.nativeLinker();
        }
    }

    static final class Prints {
        void print() {
            System.out.println();
        }
    }

    static final class Shares {
        Arena arena() {
            return Arena.ofShared();
        }
    }

    static final class LeavesToTheCollector {
        Arena arena() {
            return Arena.ofAuto();
        }
    }

    static final class Exits {
        void exit() {
            System.exit(0);
        }
    }
}
