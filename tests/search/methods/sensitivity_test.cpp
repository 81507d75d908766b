// SPDX-License-Identifier: Apache-2.0
#include "search/methods/sensitivity.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "../train/tiny.hpp"
#include "base/error.hpp"
#include "models/builders/builders.hpp"
#include "search/train/quantize.hpp"
#include "search/train/trainer.hpp"

namespace freebits::search::test {
namespace {

namespace fs = std::filesystem;
const std::atomic<bool> kNever = false;

/// A float network that has learned something, and its quantizers.
class Sensitive : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    threads = new Threads(1);
    trained = new TrainingState(new_training(tiny_graph(), tiny_options(2)));
    Trainer trainer(*trained, tiny_set(Split::Train), tiny_set(Split::Test), *threads, {});
    (void)trainer.run({}, kNever);
    bank = new QuantizerBank(*trained, tiny_set(Split::Train), *threads, 128);
    sensitivities = new Sensitivities(*measure());
  }
  static void TearDownTestSuite() {
    delete sensitivities;
    delete bank;
    delete trained;
    delete threads;
  }
  static std::optional<Sensitivities> measure(const std::atomic<bool>& stop = kNever) {
    return measure_sensitivities(*bank, tiny_set(Split::Train), *threads,
                                 {.images = 128, .on_progress = {}}, stop);
  }
  /// A file of this process, removed afterwards.
  struct File {
    fs::path path = fs::temp_directory_path() / ("sensitivities-" + std::to_string(getpid()));
    ~File() { fs::remove(path); }
  };

  static inline Threads* threads;
  static inline TrainingState* trained;
  static inline QuantizerBank* bank;
  static inline Sensitivities* sensitivities;
};

TEST_F(Sensitive, RisesWithFewerBitsAndIsNothingAtEight) {
  double sum = 0;
  const auto expect_rising = [&](const Sensitivities::Rise& rise) {
    EXPECT_EQ(rise[0], 0);
    EXPECT_LE(rise[0], rise[1]);
    EXPECT_LE(rise[1], rise[2]);
    sum += rise[2];
  };
  for (const auto& rise : sensitivities->weights) expect_rising(rise);
  for (const auto& rise : sensitivities->activations) expect_rising(rise);
  EXPECT_GT(sum, 0.01);
  EXPECT_GT(sensitivities->loss, 0.5);
  const models::Graph graph = tiny_graph();
  EXPECT_EQ(predicted_rise(*sensitivities, models::uniform(graph, 8)), 0);
  EXPECT_NEAR(predicted_rise(*sensitivities, models::uniform(graph, 2)), sum, 1e-9);
}

TEST_F(Sensitive, IsTheSameEveryTime) { EXPECT_EQ(*measure(), *sensitivities); }

TEST_F(Sensitive, StopsWhenToldTo) {
  const std::atomic<bool> stop = true;
  EXPECT_FALSE(measure(stop));
}

TEST_F(Sensitive, ComesBackFromItsFile) {
  const File file;
  write_sensitivities(file.path, *sensitivities);
  EXPECT_EQ(read_sensitivities(file.path, tiny_graph()), *sensitivities);
}

TEST_F(Sensitive, RefusesAFileOfAnotherNetworkOrCutShort) {
  const File file;
  write_sensitivities(file.path, *sensitivities);
  const models::Graph other = models::build_network("resnet8:resolution=32,classes=10");
  EXPECT_THROW((void)read_sensitivities(file.path, other), Error);
  fs::resize_file(file.path, fs::file_size(file.path) / 2);
  EXPECT_THROW((void)read_sensitivities(file.path, tiny_graph()), Error);
}

/// What fine-tuning one configuration at a time would begin with.
TEST_F(Sensitive, BankHasTheThresholdsOfCalibration) {
  const models::Graph graph = tiny_graph();
  models::BitWidths widths = models::uniform(graph, 4);
  widths.weights[1] = 2;
  widths.activations[2] = 2;
  const TrainingState from_bank = bank->at(widths, tiny_options(1));
  TrainingState direct = new_training(graph, tiny_options(1));
  start_from(direct, *trained, true);
  calibrate(direct, {.widths = widths, .gated = {}}, tiny_set(Split::Train), *threads, 128);
  for (const Parameter& p : direct.parameters) {
    const Parameter& other = from_bank.parameters.at(p.name);
    ASSERT_EQ(other.value.size(), p.value.size());
    for (std::size_t i = 0; i < p.value.size(); ++i)
      ASSERT_EQ(other.value[i], p.value[i]) << p.name << " " << i;
  }
}

TEST_F(Sensitive, BankRefusesAQuantizedNetwork) {
  const TrainingState quantized = bank->at(models::uniform(tiny_graph(), 8), tiny_options(1));
  EXPECT_THROW(QuantizerBank(quantized, tiny_set(Split::Train), *threads), Error);
}

}  // namespace
}  // namespace freebits::search::test
