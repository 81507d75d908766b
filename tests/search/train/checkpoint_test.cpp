// SPDX-License-Identifier: Apache-2.0
#include "search/train/checkpoint.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <sstream>

#include "base/error.hpp"
#include "base/sealed.hpp"
#include "tiny.hpp"

namespace freebits::search {
namespace {

namespace fs = std::filesystem;

constexpr FileKind kKind = {"freebits.checkpoint", 1};

class Checkpoint : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) / ("freebits_ckpt_" + std::to_string(::getpid()));
    fs::create_directories(folder_);
    file_ = folder_ / "a.ckpt";
    write_checkpoint(file_, state());
  }
  void TearDown() override { fs::remove_all(folder_); }

  static TrainingState state() {
    TrainOptions options = test::tiny_options(5);
    options.dataset = "cifar10:somewhere";
    options.content = "0123456789abcdef";
    options.pad_to = 40;
    options.on_corrupt = OnCorrupt::Skip;
    options.seed = ~std::uint64_t{0};
    options.average = 0.99F;
    options.optimizer.learning_rate = 0.123F;
    options.price = "bop";
    options.price_weight = 0.03;
    TrainingState s = new_training(test::tiny_graph(), options);
    s.preparation = {.scaled = {37, 40}, .crop = {32, 31}};
    s.quantization = uniform_quantization(s.graph, 4, 8);
    create_parameters(s.parameters, s.graph, 1, &*s.quantization);
    Threads threads(1);
    Optimizer optimizer(s.parameters, s.optimizer, options.optimizer, ThresholdRule::Tqt, threads);
    s.parameters.at("stem.gamma").least = 1e-4F;
    s.parameters.at("stem.weight").frozen = true;
    s.optimizer.moments[2].first[0] = 0.1F;
    s.optimizer.steps = 77;
    s.best.take(s.parameters);
    s.best_accuracy = 0.625;
    s.position = {.epoch = 2, .batch = 5, .step = 77, .loss_sum = 1.0 / 3, .correct = 9};
    s.epochs = {{1, 2.5, 0.1, 2.4, 0.2, 1000.5}, {2, 2.25, 0.15, 2.1, 0.25, 1001}};
    return s;
  }

  [[nodiscard]] std::string bytes() const {
    std::ostringstream text;
    text << std::ifstream(file_, std::ios::binary).rdbuf();
    return text.str();
  }
  void set_bytes(const std::string& bytes) const {
    std::ofstream(file_, std::ios::binary) << bytes;
  }
  void expect_refusal(const std::string& part) const {
    try {
      (void)read_checkpoint(file_);
      ADD_FAILURE() << "read: " << part;
    } catch (const Error& error) {
      const std::string text = error.what();
      EXPECT_NE(text.find(part), std::string::npos) << text;
      EXPECT_NE(text.find(file_.string()), std::string::npos) << text;
      EXPECT_EQ(text.find('\n'), std::string::npos) << text;
    }
  }
  /// A file with a right checksum whose document was changed.
  template <class Change>
  void expect_refusal_of(const std::string& part, const Change& change) const {
    const std::string before = bytes();
    Json document = read_sealed(file_, kKind);
    change(document);
    write_sealed(file_, kKind, document);
    expect_refusal(part);
    set_bytes(before);
  }

  fs::path folder_, file_;
};

TEST_F(Checkpoint, HoldsAllOfARun) {
  const TrainingState a = state(), b = read_checkpoint(file_);
  EXPECT_EQ(b.options.dataset, "cifar10:somewhere");
  EXPECT_EQ(b.options.content, "0123456789abcdef");
  EXPECT_EQ(b.options.pad_to, 40U);
  EXPECT_EQ(b.options.on_corrupt, OnCorrupt::Skip);
  EXPECT_EQ(b.preparation, a.preparation);
  EXPECT_EQ(b.options.seed, ~std::uint64_t{0});
  EXPECT_EQ(b.options.average, 0.99F);
  EXPECT_EQ(b.options.optimizer.learning_rate, 0.123F);
  EXPECT_EQ(b.options.augmentation.pad, 4U);
  EXPECT_EQ(b.options.price, "bop");
  EXPECT_EQ(b.options.price_weight, 0.03);
  EXPECT_EQ(b.quantization->widths, a.quantization->widths);
  EXPECT_EQ(b.position.loss_sum, 1.0 / 3);
  EXPECT_EQ(b.position.batch, 5U);
  EXPECT_EQ(b.epochs.at(1).test_accuracy, 0.25);
  EXPECT_EQ(b.best_accuracy, 0.625);
  EXPECT_FALSE(b.initial_accuracy);
  EXPECT_EQ(b.optimizer.steps, 77U);
  EXPECT_EQ(b.optimizer.moments[2].first[0], 0.1F);
  EXPECT_TRUE(b.average.empty());
  ASSERT_EQ(b.parameters.size(), a.parameters.size());
  auto other = b.parameters.begin();
  for (const Parameter& p : a.parameters) {
    EXPECT_EQ(p.name, other->name);
    EXPECT_EQ(p.role, other->role);
    EXPECT_EQ(p.frozen, other->frozen);
    EXPECT_EQ(p.least, other->least);
    EXPECT_TRUE(std::ranges::equal(p.value.span(), (other++)->value.span())) << p.name;
  }
}

TEST_F(Checkpoint, OfBeforeTheSearchHasNoPrice) {
  Json document = read_sealed(file_, kKind);
  document.at("options").erase("price");
  document.at("options").erase("price_weight");
  write_sealed(file_, kKind, document);
  const TrainingState state = read_checkpoint(file_);
  EXPECT_EQ(state.options.price, "");
  EXPECT_EQ(state.options.price_weight, 0);
}

/// A kilobyte may ask for a terabyte: seen before memory is taken for it.
TEST_F(Checkpoint, ThatPromisesMoreWeightsThanItHoldsIsRefused) {
  expect_refusal_of(
      "bytes of values, expected more: layer pointwise2 has 1920000 weights",
      [](Json& document) { document["graph"]["layers"][4]["out_channels"] = 60'000; });
}

TEST_F(Checkpoint, DamagedFilesAreNamedAndRefused) {
  const std::string good = bytes();
  fs::remove(file_);
  expect_refusal("cannot be opened");
  set_bytes("");
  expect_refusal("not a file of this program");
  set_bytes("PK\x03\x04 something else\n");
  expect_refusal("not a file of this program");
  for (const std::size_t left : {good.size() - 1, good.size() / 2, std::size_t{100}}) {
    set_bytes(good.substr(0, left));
    expect_refusal("cut short");
  }
  set_bytes(good + "x");
  expect_refusal("damaged");
  for (const std::size_t place : {good.size() / 3, good.size() - 1}) {
    std::string bad = good;
    bad[place] = static_cast<char>(bad[place] ^ 1);
    set_bytes(bad);
    expect_refusal("checksum");
  }
  std::string bad = good;
  bad.replace(0, std::string("freebits.checkpoint 1").size(), "freebits.checkpoint 9");
  set_bytes(bad);
  expect_refusal("version 9 of freebits.checkpoint, expected 1");
  bad.replace(0, std::string("freebits.checkpoint 9").size(), "freebits.pothicket1 9");
  set_bytes(bad);
  expect_refusal("expected a freebits.checkpoint");
}

TEST_F(Checkpoint, ParametersAreThoseOfItsNetwork) {
  expect_refusal_of("no parameter classifier.weight_threshold", [](Json& d) {
    Json& all = d.at("parameters");
    for (std::size_t i = 0; i < all.size(); ++i)
      if (all[i].at("name") == "classifier.weight_threshold") all.erase(i);
  });
  expect_refusal_of("nobody, expected a parameter of tiny",
                    [](Json& d) { d.at("parameters")[0].at("name") = "nobody"; });
  expect_refusal_of("name: stem.weight, expected it once",
                    [](Json& d) { d.at("parameters")[1] = d.at("parameters")[0]; });
  expect_refusal_of("4 bytes, expected 1728: 432 floats", [](Json& d) {
    d.at("parameters")[0].at("value") = Json::binary({0, 0, 0, 0});
  });
  expect_refusal_of("value: no bytes, expected 432 floats",
                    [](Json& d) { d.at("parameters")[0].at("value") = Json::binary({}); });
  expect_refusal_of("best values of",
                    [](Json& d) { d.at("parameters")[2].at("best") = Json::binary({}); });
  expect_refusal_of("role", [](Json& d) { d.at("parameters")[0].at("role") = "gate"; });
  expect_refusal_of("key \"position\" is missing", [](Json& d) { d.erase("position"); });
  expect_refusal_of("unknown key \"colour\"", [](Json& d) { d["colour"] = 1; });
  expect_refusal_of("6 numbers, expected 7",
                    [](Json& d) { d.at("quantization").at("weights").erase(0); });
  expect_refusal_of("epochs", [](Json& d) { d.at("options").at("epochs") = -1; });
}

TEST_F(Checkpoint, NumbersOutOfTheirRangeAreNamedByFileAndKey) {
  const auto refuse = [&](const char* where, const char* key, const Json& value,
                          const std::string& part) {
    expect_refusal_of(part, [&](Json& d) {
      Json& object = *where == 0 ? d : d.at(where);
      ASSERT_TRUE(object.contains(key)) << key;
      object[key] = value;
    });
  };
  refuse("options", "threads", 4294967295U, "options: threads: 4294967295, expected a whole");
  refuse("options", "threads", 0, "options: threads: 0, expected a whole number, 1 to 1024");
  refuse("options", "batch", 4294967295U, "options: batch: 4294967295");
  refuse("options", "epochs", 4000000000U, "options: epochs: 4000000000");
  refuse("options", "pad_to", 4000000000U, "options: pad_to: 4000000000");
  refuse("options", "augment_pad", 4000000000U, "options: augment_pad: 4000000000");
  refuse("options", "freeze_batch_norm", 6, "options: freeze_batch_norm: 6");
  refuse("options", "average", 1, "options: average: 1, expected less than 1");
  refuse("options", "label_smoothing", -1, "options: label_smoothing: -1");
  refuse("options", "warmup", 1e300, "options: warmup: 1e+300");
  for (const char* seed : {"abc", "", "-1", "1x", " 1", "18446744073709551616"}) {
    refuse("options", "seed", seed,
           std::string("options: seed: \"") + seed + "\", expected a text");
    refuse("quantization", "seed", seed, "quantization: seed: ");
  }
  refuse("position", "epoch", 4000000000U, "position: epoch: 4000000000");
  refuse("position", "epoch", 3, "epochs: 2 entries, expected 3");
  refuse("position", "step", 4, "position: step: 4, expected at least the 5 batches");
  refuse("", "best_test_accuracy", 1.5, "best_test_accuracy: 1.5");
  expect_refusal_of("options: optimizer: learning_rate: 1e+300",
                    [](Json& d) { d.at("options").at("optimizer").at("learning_rate") = 1e300; });
  expect_refusal_of("epochs: entry 2: epoch: 7, expected 2",
                    [](Json& d) { d.at("epochs")[1].at("epoch") = 7; });
  expect_refusal_of("quantization: weights: stem: 3, expected 8, 4 or 2",
                    [](Json& d) { d.at("quantization").at("weights")[0] = 3; });
}

TEST_F(Checkpoint, OfAnotherNetworkIsNoStart) {
  const TrainingState from = read_checkpoint(file_);
  models::Graph graph = test::tiny_graph();
  graph.layers[2].out_channels = 40;
  TrainingState other = new_training(graph, test::tiny_options(1));
  try {
    start_from(other, from, false);
    ADD_FAILURE() << "no error";
  } catch (const Error& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find("of another network"), std::string::npos) << text;
    EXPECT_NE(text.find("layer 3: {\"name\":\"pointwise1\""), std::string::npos) << text;
  }
}

TEST_F(Checkpoint, StartsFromTheBestValuesWithOrWithoutQuantizers) {
  TrainingState from = read_checkpoint(file_);
  from.parameters.at("stem.weight").value[0] = 42;  // the last, not the best
  TrainingState all = new_training(test::tiny_graph(), test::tiny_options(1));
  start_from(all, from, false);
  EXPECT_TRUE(all.quantization);
  EXPECT_NE(all.parameters.find("stem.threshold"), nullptr);
  EXPECT_EQ(all.parameters.at("stem.weight").value[0], from.best.values()[0][0]);
  EXPECT_EQ(all.parameters.at("stem.gamma").least, 1e-4F);
  TrainingState floats = new_training(test::tiny_graph(), test::tiny_options(1));
  start_from(floats, from, true);
  EXPECT_FALSE(floats.quantization);
  EXPECT_EQ(floats.parameters.find("stem.threshold"), nullptr);
  EXPECT_EQ(floats.parameters.at("stem.weight").value[0], from.best.values()[0][0]);
}

/// Files of this process may not grow beyond `bytes` while it lives.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
    handler_ = std::signal(SIGXFSZ, SIG_IGN);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  void (*handler_)(int);
};

TEST_F(Checkpoint, ThatCannotBeWrittenLeavesTheOneBefore) {
  const std::string before = bytes();
  const auto expect_failure = [](const fs::path& file, const char* why) {
    try {
      write_checkpoint(file, state());
      ADD_FAILURE() << "written: " << file;
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find(why), std::string::npos) << error.what();
    }
  };
  {
    const FileSizeLimit disk_full(before.size() / 2);
    expect_failure(file_, "a.ckpt: cannot be written: File too large");
  }
  EXPECT_EQ(bytes(), before);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 1);
  expect_failure(folder_ / "nowhere" / "b.ckpt", "cannot be written: No such file");
  expect_failure(folder_, "not a regular file");
}

TEST_F(Checkpoint, OfBeforePreparationsHasNoneAndIsWrittenAsItWas) {
  TrainingState old = state();
  old.preparation.reset();
  old.options.on_corrupt = OnCorrupt::Refuse;
  write_checkpoint(file_, old);
  const Json document = read_sealed(file_, kKind);
  EXPECT_FALSE(document.contains("preparation"));
  EXPECT_FALSE(document["options"].contains("on_corrupt"));
  EXPECT_FALSE(read_checkpoint(file_).preparation);
}

TEST_F(Checkpoint, PreparationThatCannotBeIsRefused) {
  const auto preparation = [](const Json& value) {
    return [value](Json& document) { document["preparation"] = value; };
  };
  expect_refusal_of("preparation: key \"crop\" is missing", preparation({{"scaled", {8, 8}}}));
  expect_refusal_of("expected 1 <= crop <= scaled",
                    preparation({{"scaled", {8, 8}}, {"crop", {9, 8}}}));
  expect_refusal_of("images cropped to 33 x 32, expected at most 32 x 32",
                    preparation({{"scaled", {40, 40}}, {"crop", {33, 32}}}));
}

}  // namespace
}  // namespace freebits::search
