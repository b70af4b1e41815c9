// Stands in for tflite-micro, by the names and types of its interface. The input lies at the start of the arena; the
// output is what the environment variable OUTPUT holds, its numbers separated by commas.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"

namespace tflite {
class MicroInterpreter {
  public:
    template <unsigned int n>
    MicroInterpreter(
        const Model *model, const MicroMutableOpResolver<n> &resolver, uint8_t *arena, size_t arena_size)
        : arena_(arena),
          is_sound_(model != nullptr && resolver.is_full() && arena_size > 0 &&
                    reinterpret_cast<uintptr_t>(arena) % 16 == 0) {}

    TfLiteStatus AllocateTensors() { return is_sound_ ? kTfLiteOk : kTfLiteError; }

    TfLiteStatus Invoke() { return kTfLiteOk; }

    template <class T>
    T *typed_input_tensor(int) {
        return reinterpret_cast<T *>(arena_);
    }

    template <class T>
    T *typed_output_tensor(int) {
        static T output[16];
        char *next = std::getenv("OUTPUT");
        for (int i = 0; i < 16 && *next != '\0'; ++i) {
            output[i] = static_cast<T>(std::strtod(next, &next));
            next += *next == ',';
        }
        return output;
    }

  private:
    uint8_t *arena_;
    bool is_sound_;
};
}  // namespace tflite
