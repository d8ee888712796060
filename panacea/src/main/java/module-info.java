/** Panacea itself: preferences, objectives, data, training, evaluation and the command line. */
module dev.panacea {
    requires transitive dev.panacea.runtime;
    requires com.fasterxml.jackson.databind;
    requires java.desktop;
    requires xchart;

    exports dev.panacea.evaluation;
    exports dev.panacea.preference;
    exports dev.panacea.run;
    exports dev.panacea.run.plot;

    opens dev.panacea.evaluation to com.fasterxml.jackson.databind;
    opens dev.panacea.run to com.fasterxml.jackson.databind;
}
