// SPDX-License-Identifier: Apache-2.0
#include "search/train/trainer.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstring>
#include <limits>
#include <thread>

#include "base/error.hpp"
#include "search/train/checkpoint.hpp"
#include "search/train/integer_export.hpp"
#include "tiny.hpp"

namespace freebits::search {
namespace {

namespace fs = std::filesystem;

const std::atomic<bool> kNever = false;

class Training : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) / ("freebits_trainer_" + std::to_string(::getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }
  [[nodiscard]] fs::path file(const char* name) const { return folder_ / name; }

 private:
  fs::path folder_;
};

TrainOutcome train(TrainingState& state, const fs::path& file, const TrainEvents& events = {},
                   const std::atomic<bool>& stop = kNever) {
  Threads threads(state.options.threads);
  Trainer trainer(state, test::tiny_set(Split::Train), test::tiny_set(Split::Test), threads, file);
  return trainer.run(events, stop);
}

void expect_same(const Buffer& a, const Buffer& b, const std::string& what) {
  ASSERT_EQ(a.size(), b.size()) << what;
  if (a.size() == 0) return;
  EXPECT_EQ(std::memcmp(a.data(), b.data(), a.size() * sizeof(float)), 0) << what;
}

void expect_same(const TrainingState& a, const TrainingState& b) {
  ASSERT_EQ(a.parameters.size(), b.parameters.size());
  auto other = b.parameters.begin();
  std::size_t i = 0;
  for (const Parameter& p : a.parameters) {
    expect_same(p.value, (other++)->value, p.name);
    expect_same(a.best.values().at(i), b.best.values().at(i), p.name + " best");
    expect_same(a.average.values().at(i), b.average.values().at(i), p.name + " average");
    expect_same(a.optimizer.moments[i].first, b.optimizer.moments[i].first, p.name + " first");
    expect_same(a.optimizer.moments[i].second, b.optimizer.moments[i].second, p.name + " second");
    ++i;
  }
  ASSERT_EQ(a.epochs.size(), b.epochs.size());
  for (std::size_t e = 0; e < a.epochs.size(); ++e) {
    EXPECT_EQ(a.epochs[e].train_loss, b.epochs[e].train_loss);
    EXPECT_EQ(a.epochs[e].train_accuracy, b.epochs[e].train_accuracy);
    EXPECT_EQ(a.epochs[e].test_loss, b.epochs[e].test_loss);
  }
}

TEST_F(Training, ResumedWhereverItStoppedGivesTheSameBits) {
  for (const unsigned threads : {1U, 2U}) {
    for (const OptimizerKind kind : {OptimizerKind::Sgd, OptimizerKind::Adam}) {
      TrainOptions options = test::tiny_options(2);
      options.threads = threads;
      options.average = 0.9F;
      options.optimizer.kind = kind;
      options.optimizer.learning_rate = 0.02F;
      TrainingState whole = new_training(test::tiny_graph(), options);
      EXPECT_EQ(train(whole, ""), TrainOutcome::Finished);

      // 8 steps an epoch: stopped in the middle, after the last step of an epoch, in the next.
      TrainingState parts = new_training(test::tiny_graph(), options);
      for (const std::uint64_t stop_after : {3U, 8U, 13U}) {
        std::atomic<bool> stop = false;
        const TrainEvents events{
            .step = [&](const StepReport& s) { stop = (s.epoch - 1) * 8 + s.batch >= stop_after; },
            .epoch = {}};
        EXPECT_EQ(train(parts, file("parts.ckpt"), events, stop), TrainOutcome::Interrupted);
        parts = read_checkpoint(file("parts.ckpt"));
        EXPECT_EQ(parts.position.step, stop_after);
      }
      EXPECT_EQ(train(parts, file("parts.ckpt")), TrainOutcome::Finished);
      expect_same(whole, read_checkpoint(file("parts.ckpt")));
    }
  }
}

/// The flag is set by another thread: mostly in the middle of a step, which then is undone.
TEST_F(Training, StoppedInTheMiddleOfAStepGivesTheSameBits) {
  TrainOptions options = test::tiny_options(2);
  options.average = 0.9F;
  TrainingState whole = new_training(test::tiny_graph(), options);
  EXPECT_EQ(train(whole, ""), TrainOutcome::Finished);
  TrainingState parts = new_training(test::tiny_graph(), options);
  for (unsigned i = 1;; ++i) {
    std::atomic<bool> stop = false;
    std::jthread stopper([&] {
      std::this_thread::sleep_for(std::chrono::microseconds(400 * i));
      stop = true;
    });
    const TrainOutcome outcome = train(parts, file("parts.ckpt"), {}, stop);
    parts = read_checkpoint(file("parts.ckpt"));
    if (outcome == TrainOutcome::Finished) break;
  }
  expect_same(whole, parts);
}

TEST_F(Training, AForwardPassThatIsStoppedThrows) {
  TrainingState state = new_training(test::tiny_graph(), test::tiny_options(1));
  Threads threads(1);
  Network network(threads, Mode::Train, state.graph, state.parameters,
                  {.images = state.options.batch});
  const std::vector<float> images(network.input().shape().size());
  const std::vector<std::uint32_t> labels(state.options.batch);
  network.tape().feed(network.input(), images);
  network.loss().feed(labels);
  const std::atomic<bool> stop = true;
  EXPECT_THROW(network.tape().forward(0, stop), Interrupted);
  network.tape().forward();
  EXPECT_THROW(network.tape().backward(stop), Interrupted);
}

/// No file of a run, whatever its options, is larger than was said before it began.
TEST_F(Training, ACheckpointIsNoLargerThanSaid) {
  for (const OptimizerKind kind : {OptimizerKind::Sgd, OptimizerKind::Adam}) {
    TrainOptions options = test::tiny_options(2);
    options.average = kind == OptimizerKind::Adam ? 0.9F : 0;
    options.optimizer.kind = kind;
    TrainingState state = new_training(test::tiny_graph(), options);
    const std::uint64_t most = most_checkpoint_bytes(state);
    EXPECT_EQ(train(state, file("a.ckpt")), TrainOutcome::Finished);
    EXPECT_LE(fs::file_size(file("a.ckpt")), most);
    fs::remove(file("a.ckpt"));
  }
}

TEST_F(Training, KeepsTheLastEpochWhenItIsKilled) {
  TrainingState state = new_training(test::tiny_graph(), test::tiny_options(3));
  struct Killed {};
  const TrainEvents events{.step =
                               [](const StepReport& s) {
                                 if (s.epoch == 3) throw Killed();
                               },
                           .epoch = {}};
  EXPECT_THROW(train(state, file("a.ckpt"), events), Killed);
  const TrainingState kept = read_checkpoint(file("a.ckpt"));
  EXPECT_EQ(kept.position.epoch, 2U);
  EXPECT_EQ(kept.position.batch, 0U);
  EXPECT_EQ(kept.epochs.size(), 2U);
}

TEST_F(Training, NamesWhereNumbersStoppedBeingFinite) {
  TrainingState state = new_training(test::tiny_graph(), test::tiny_options(2));
  const TrainEvents events{.step =
                               [&](const StepReport& s) {
                                 if (s.epoch == 2 && s.batch == 2)
                                   state.parameters.at("pointwise2.weight").value[5] =
                                       std::numeric_limits<float>::infinity();
                               },
                           .epoch = {}};
  try {
    train(state, file("a.ckpt"), events);
    ADD_FAILURE() << "no error";
  } catch (const NumericalError& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find("pointwise2 (pointwise): output is not finite"), std::string::npos) << text;
    EXPECT_NE(text.find("step 11, epoch 2"), std::string::npos) << text;
    EXPECT_NE(text.find("a.ckpt, of the end of epoch 1"), std::string::npos) << text;
  }
  EXPECT_EQ(read_checkpoint(file("a.ckpt")).position.epoch, 1U);
}

TEST_F(Training, NoticesALossThatExplodes) {
  TrainOptions options = test::tiny_options(20);
  options.warmup = 0;
  options.optimizer.learning_rate = 500;
  TrainingState state = new_training(test::tiny_graph(), options);
  try {
    train(state, "");
    ADD_FAILURE() << "no error";
  } catch (const NumericalError& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find("the loss explodes"), std::string::npos) << text;
    EXPECT_NE(text.find("there is no checkpoint"), std::string::npos) << text;
  }
}

TEST_F(Training, EvaluatesAllImagesWhateverTheBatch) {
  double accuracy = -1, loss = -1;
  for (const unsigned batch : {32U, 100U, 7U}) {
    TrainOptions options = test::tiny_options(1, batch);
    TrainingState state = new_training(test::tiny_graph(), options);
    Threads threads(1);
    Evaluator evaluator(state, test::tiny_set(Split::Test), threads);
    const Evaluation evaluation = evaluator.run();
    if (accuracy < 0) accuracy = evaluation.accuracy, loss = evaluation.loss;
    EXPECT_EQ(evaluation.accuracy, accuracy);
    EXPECT_NEAR(evaluation.loss, loss, 1e-5);
  }
}

TEST_F(Training, WithoutATestSetEvaluatesNothingAndKeepsNoBestValues) {
  TrainingState state = new_training(test::tiny_graph(), test::tiny_options(2));
  TrainingState evaluated = new_training(test::tiny_graph(), test::tiny_options(2));
  Threads threads(1);
  Trainer trainer(state, test::tiny_set(Split::Train), nullptr, threads, "");
  EXPECT_EQ(trainer.run({}, kNever), TrainOutcome::Finished);
  train(evaluated, "");
  EXPECT_TRUE(state.best.empty());
  EXPECT_FALSE(state.best_accuracy);
  EXPECT_EQ(state.epochs.at(1).train_loss, evaluated.epochs.at(1).train_loss);
  expect_same(state.parameters.at("stem.weight").value,
              evaluated.parameters.at("stem.weight").value, "the same training");
}

TEST_F(Training, TakesFactorsOfRatesAndMoreGradientsFromASearch) {
  TrainingState state = new_training(test::tiny_graph(), test::tiny_options(2));
  const Buffer& bias = state.parameters.at("classifier.bias").value;
  unsigned steps = 0;
  const TrainHooks hooks{.factor =
                             [&](std::uint64_t step, std::uint64_t all) {
                               EXPECT_EQ(all, 16U);
                               return step < 8 ? 0.0F : 1.0F;
                             },
                         .gradients =
                             [&] {
                               ++steps;
                               std::ranges::fill(
                                   state.parameters.at("classifier.bias").gradient.span(), -1.0F);
                               if (steps != 8) return;
                               for (const float b : bias.span()) EXPECT_EQ(b, 0);
                             }};
  Threads threads(1);
  Trainer(state, test::tiny_set(Split::Train), nullptr, threads, "", hooks).run({}, kNever);
  EXPECT_EQ(steps, 16U);
  for (const float b : bias.span()) EXPECT_GT(b, 8 * state.options.optimizer.learning_rate);
}

TEST_F(Training, RefusesOptionsAndDataThatDoNotFit) {
  const auto refuse = [&](const char* text, auto change) {
    TrainingState state = new_training(test::tiny_graph(), test::tiny_options(2));
    change(state);
    try {
      train(state, "");
      ADD_FAILURE() << "no error: " << text;
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find(text), std::string::npos) << error.what();
    }
  };
  refuse("learning rate: 0", [](auto& s) { s.options.optimizer.learning_rate = 0; });
  refuse("weight decay: -1", [](auto& s) { s.options.optimizer.weight_decay = -1; });
  refuse("running average: 1, expected 0 to less than 1", [](auto& s) { s.options.average = 1; });
  refuse("label smoothing: 1", [](auto& s) { s.options.label_smoothing = 1; });
  refuse("warm-up: 2, expected less", [](auto& s) { s.options.warmup = 2; });
  refuse("frozen batch norm: 3", [](auto& s) { s.options.freeze_batch_norm = 3; });
  refuse("batch: 1000, expected at most the 256", [](auto& s) { s.options.batch = 1000; });
  refuse("tells 9 classes", [](auto& s) {
    models::Graph graph = test::tiny_graph();
    graph.layers.back().out_channels = 9;
    s = new_training(graph, test::tiny_options(2));
  });
}

TEST(Input, IsTheByteTimesTheInputStep) {
  Loader loader(
      test::tiny_set(Split::Train, 16, 1),
      {.batch = 16, .shuffle = false, .augmentation = {}, .normalization = input_normalization(3)});
  loader.start(0);
  const auto batch = loader.next();
  std::vector<std::uint8_t> bytes(loader.shape().size());
  for (std::size_t i = 0; i < batch->size(); ++i) {
    loader.dataset().read(i, bytes);
    for (std::size_t k = 0; k < bytes.size(); ++k)
      ASSERT_EQ(batch->images[i * bytes.size() + k], static_cast<float>(bytes[k]) * kInputStep);
  }
}

}  // namespace
}  // namespace freebits::search
