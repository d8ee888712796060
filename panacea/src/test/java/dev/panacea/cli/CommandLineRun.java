package dev.panacea.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

/** What one command wrote and ended with. */
record CommandLineRun(int exit, String out, String err) {

    static CommandLineRun of(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exit = Main.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
        return new CommandLineRun(exit, out.toString(), err.toString());
    }

    List<String> errLines() {
        return err.lines().toList();
    }
}
