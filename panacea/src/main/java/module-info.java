/** Panacea itself: preferences, objectives, data, training, evaluation and the command line. */
module dev.panacea {
    requires transitive dev.panacea.runtime;
    requires com.fasterxml.jackson.databind;

    exports dev.panacea.preference;

}
