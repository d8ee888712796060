package dev.panacea.training;

/** Where long work says how far it is; the command line draws it. */
public interface Progress {

    /** One piece of work with a known amount. */
    interface Stage extends AutoCloseable {
        /** So much more is done; {@code detail} is a short text to show beside it. */
        void advance(long amount, String detail);

        @Override
        void close();
    }

    /** Says nothing. */
    Progress SILENT = new Progress() {
        @Override
        public Stage start(String what, long total) {
            return new Stage() {
                @Override
                public void advance(long amount, String detail) { }

                @Override
                public void close() { }
            };
        }

        @Override
        public void note(String line) { }
    };

    Stage start(String what, long total);

    /** A line that stays readable: a fact, a warning, where a result lies. */
    void note(String line);
}
