/** Panacea itself: preferences, objectives, data, training, evaluation and the command line. */
module dev.panacea {
    requires transitive dev.panacea.runtime;
    requires com.fasterxml.jackson.core;
    requires com.fasterxml.jackson.databind;
    requires flatbuffers.java;
    requires org.apache.arrow.format;
    requires org.apache.arrow.memory.core;
    requires org.apache.arrow.vector;

    exports dev.panacea.data;
    exports dev.panacea.data.source;
    exports dev.panacea.data.tokenized;
}
