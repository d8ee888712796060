/** Panacea itself: preferences, objectives, data, training, evaluation and the command line. */
module dev.panacea {
    requires transitive dev.panacea.runtime;
    requires com.fasterxml.jackson.databind;
    requires java.desktop;
    requires xchart;

    exports dev.panacea.evaluation;
    exports dev.panacea.preference;

    opens dev.panacea.evaluation to com.fasterxml.jackson.databind;
}
