/* Replace read_sensor by your sensor's; its counts must mean what they meant when the recogniser was exported:
   @sensor@. */
#include <recognizer.h>

static recognizer_state state;

static void read_sensor(int16_t sample[RECOGNIZER_N_INPUTS]) {
    for (unsigned int c = 0; c < RECOGNIZER_N_INPUTS; ++c) {
        sample[c] = 0;
    }
}

void setup() {
    Serial.begin(115200);
    recognizer_start(&state);
}

void loop() {
    static unsigned long next_us = 0;
    while ((long)(micros() - next_us) < 0) {
    }
    next_us += @period_us@UL;

    int16_t sample[RECOGNIZER_N_INPUTS];
    recognizer_result result;
    read_sensor(sample);
    if (recognizer_push(&state, sample, &result)) {
        Serial.println(result.class_index < 0 ? "none" : recognizer_classes[result.class_index]);
    }
}
