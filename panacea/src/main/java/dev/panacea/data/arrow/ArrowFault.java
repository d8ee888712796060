package dev.panacea.data.arrow;

import dev.panacea.runtime.BadInputException;
import java.nio.file.Path;

/** Words for what is wrong with one Arrow file. */
record ArrowFault(Path file) {

    BadInputException damaged(String what) {
        return new BadInputException("The Arrow file " + file + " is damaged or cut short: " + what + ".");
    }

    BadInputException unsupported(String what) {
        return new BadInputException("The Arrow file " + file + " has " + what + ", which is not supported; write it without.");
    }

    BadInputException unusable(String what) {
        return new BadInputException("The Arrow file " + file + " cannot be used: " + what + ".");
    }
}
