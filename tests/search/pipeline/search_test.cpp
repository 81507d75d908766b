// SPDX-License-Identifier: Apache-2.0
// The whole search on a tiny network. The chip is a formula here: cycles by it are no measurement,
// but all else is real; tests/cli runs it on the RTL.
#include "search/pipeline/search.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>

#include "../train/tiny.hpp"
#include "base/error.hpp"
#include "models/files/network_file.hpp"
#include "search/train/integer_accuracy.hpp"

namespace freebits::search::test {
namespace {

namespace fs = std::filesystem;
const std::atomic<bool> kNever = false;

/// Multiplications by the wider operand, unpacking where they differ, and the output.
profiler::LatencyTable formula(const models::Graph& graph) {
  const auto shapes = models::shapes(graph);
  profiler::LatencyTable table{.target = "formula", .layers = {}};
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    auto& entries = table.layers.emplace_back();
    for (const profiler::LayerBits& bits : profiler::layer_choices(graph, i)) {
      const std::size_t work = macs(graph.layers[i], shapes[i], shapes[i + 1]) / 16;
      const bool unpacks = bits.weights != 0 && bits.weights != bits.in[0];
      entries.push_back({.bits = bits,
                         .cycles = work * std::max(bits.in[0], bits.weights) * (unpacks ? 2 : 1) +
                                   shapes[i + 1].size() * bits.out});
    }
  }
  return table;
}

class Folder {
 public:
  Folder() {
    static unsigned count = 0;
    path_ = fs::temp_directory_path() /
            ("search-" + std::to_string(getpid()) + "-" + std::to_string(++count));
    fs::remove_all(path_);
  }
  ~Folder() { fs::remove_all(path_); }
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

SearchSettings settings() {
  SearchSettings s;
  s.train = tiny_options(2);
  s.bop_strengths = {0.05};
  s.latency_strengths = {1};
  s.options.fractions = {0.5};
  s.options.refinements = 1;
  s.gate_epochs = 1;
  s.fine_tuning_epochs = 1;
  s.sensitivity_images = 64;
  s.max_drop = 0.5;
  return s;
}

Methods only(const std::string& method) { return methods_named({{method}}); }

struct Trial {
  explicit Trial(const fs::path& folder, SearchSettings s = settings())
      : search(tiny_graph(), std::move(s), {chip()},
               {tiny_set(Split::Train), tiny_set(Split::Test)}, threads, folder,
               {.say = [this](std::string_view) { ++lines; }, .status = {}}) {}
  Chip chip() {
    return {.name = "formula",
            .identity = "formula-1",
            .table = [](const models::Graph& graph, const auto&)
                -> std::optional<profiler::LatencyTable> { return formula(graph); },
            .table_seconds = {},
            .run = [this](const models::IntegerNetwork& network, const models::Tensor& input,
                          const auto& stop) -> std::optional<std::uint64_t> {
              if (stop) return std::nullopt;
              ++runs;
              // Not what the table says: by the first weight, hence in another order.
              const auto& first = std::get<models::Conv>(network.layers.front().op);
              return models::run(network, input).back().values.size() * 1000 +
                     static_cast<std::uint64_t>(128 + first.weights.front());
            }};
  }
  Threads threads{1};
  unsigned lines = 0, runs = 0;
  Search search;
};

void expect_same(const SearchResult& a, const SearchResult& b) {
  EXPECT_EQ(a.float_accuracy, b.float_accuracy);
  ASSERT_EQ(a.tuned.size(), b.tuned.size());
  for (std::size_t i = 0; i < a.tuned.size(); ++i) {
    EXPECT_EQ(a.tuned[i].widths, b.tuned[i].widths);
    EXPECT_EQ(a.tuned[i].integer, b.tuned[i].integer);
    EXPECT_EQ(a.tuned[i].float_quantized, b.tuned[i].float_quantized);
  }
  ASSERT_EQ(a.chips.size(), b.chips.size());
  EXPECT_EQ(a.chips[0].front, b.chips[0].front);
  EXPECT_EQ(a.chips[0].chosen, b.chips[0].chosen);
}

TEST(Search, FindsAFrontOfTunedNetworksAndKeepsThem) {
  const Folder folder;
  Trial run(folder.path());
  ASSERT_TRUE(run.search.run(kNever));
  const SearchResult& result = run.search.result();
  EXPECT_TRUE(result.stage.empty());
  const ChipResult& chip = result.chips.front();
  ASSERT_FALSE(chip.front.empty());
  ASSERT_TRUE(chip.chosen);
  EXPECT_GE(result.tuned[chip.candidates[*chip.chosen].tuned].integer, result.float_accuracy - 0.5);
  for (const Method* const method : all_methods()) {
    EXPECT_TRUE(std::ranges::any_of(chip.candidates, [&](const Candidate& c) {
      return c.proposal.method == method->facts().name;
    })) << method->facts().name;
  }
  // The front is one of measured cycles.
  for (std::size_t i = 0; i < chip.front.size(); ++i) {
    const Candidate& c = chip.candidates[chip.front[i]];
    ASSERT_TRUE(c.cycles_measured);
    if (i > 0) {
      EXPECT_GT(*c.cycles_measured, *chip.candidates[chip.front[i - 1]].cycles_measured);
    }
  }
  // What is in the folder is what was said of it.
  const auto test = tiny_set(Split::Test);
  for (const Tuned& t : result.tuned) {
    EXPECT_EQ(models::read_bit_widths(t.bits, result.graph), t.widths);
    const auto network = models::read_integer_network(t.network);
    EXPECT_EQ(integer_accuracy(network, *test, run.threads, kNever), t.integer);
  }
}

TEST(Search, RunAgainOnlyReads) {
  const Folder folder;
  SearchResult result;
  {
    Trial first(folder.path());
    ASSERT_TRUE(first.search.run(kNever));
    EXPECT_GT(first.runs, 0U);
    result = first.search.result();
  }
  Trial again(folder.path());
  ASSERT_TRUE(again.search.run(kNever));
  EXPECT_EQ(again.runs, 0U);
  expect_same(again.search.result(), result);
}

TEST(Search, IsAloneInItsFolder) {
  const Folder folder;
  {
    const Trial run(folder.path());
    try {
      const Trial other(folder.path());
      FAIL() << "expected an error";
    } catch (const Error& error) {
      const std::string who = "process " + std::to_string(getpid());
      EXPECT_NE(std::string(error.what()).find(who), std::string::npos) << error.what();
    }
  }
  EXPECT_NO_THROW(Trial(folder.path()));
}

TEST(Search, StoppedAnywhereEndsAsIfItHadNot) {
  const Folder whole, parts, none;
  Trial undisturbed(whole.path());
  ASSERT_TRUE(undisturbed.search.run(kNever));
  // Each life sees a few lines more than the one before.
  unsigned lives = 0;
  for (bool finished = false; !finished; ++lives) {
    ASSERT_LT(lives, 100U);
    std::atomic<bool> stop = false;
    unsigned left = 1 + 3 * lives, statuses = 40 * (lives + 1);
    Threads threads(1);
    Trial frame(none.path());  // for its chip
    Search search(tiny_graph(), settings(), {frame.chip()},
                  {tiny_set(Split::Train), tiny_set(Split::Test)}, threads, parts.path(),
                  {.say = [&](std::string_view) { stop = stop || --left == 0; },
                   .status = [&](std::string_view) { stop = stop || --statuses == 0; }});
    finished = search.run(stop);
    if (finished) expect_same(search.result(), undisturbed.search.result());
    EXPECT_EQ(search.result().stage.empty(), finished);
  }
  EXPECT_GT(lives, 2U);
}

TEST(Search, RefusesAFolderOfAnotherSearch) {
  const Folder folder;
  { const Trial run(folder.path()); }
  SearchSettings other = settings();
  other.train.seed = 2;
  try {
    const Trial run(folder.path(), other);
    FAIL() << "expected an error";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("train.seed: \"1\" there, \"2\" here"),
              std::string::npos)
        << error.what();
  }
}

/// settings() of a search whose data and checkpoint are known by these contents.
SearchSettings at(const std::string& data, const std::string& content, const std::string& from = "",
                  const std::string& from_content = "") {
  SearchSettings s = settings();
  s.train.dataset = data;
  s.train.content = content;
  if (!from.empty()) s.checkpoint = from;
  s.checkpoint_content = from_content;
  return s;
}

std::string refusal_of(const fs::path& folder, const SearchSettings& s) {
  try {
    claim_folder(folder, tiny_graph(), s);
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

TEST(Search, GoesOnWhereverItsDataAndItsStartAreByNow) {
  const Folder folder;
  EXPECT_EQ(refusal_of(folder.path(), at("idx:a", "1111", "a.ckpt", "2222")), "");
  EXPECT_EQ(refusal_of(folder.path(), at("idx:/b/a", "1111", "/c/b.ckpt", "2222")), "");
  EXPECT_NE(refusal_of(folder.path(), at("idx:/b/a", "3333", "/c/b.ckpt", "2222"))
                .find("the images differ: those of idx:/b/a there, of idx:/b/a here"),
            std::string::npos);
  EXPECT_NE(refusal_of(folder.path(), at("idx:a", "1111", "d.ckpt", "4444"))
                .find("it starts from another checkpoint: /c/b.ckpt there, d.ckpt here"),
            std::string::npos);
  EXPECT_NE(refusal_of(folder.path(), at("idx:a", "1111")).find("/c/b.ckpt there, none here"),
            std::string::npos);
}

TEST(Search, OfBeforeContentsWereNotedGoesOnWhereItWas) {
  const Folder folder;
  claim_folder(folder.path(), tiny_graph(), at("idx:a", ""));
  EXPECT_NE(refusal_of(folder.path(), at("idx:b", "1111")).find("the images differ"),
            std::string::npos);
  EXPECT_EQ(refusal_of(folder.path(), at("idx:a", "1111")), "");
  EXPECT_EQ(refusal_of(folder.path(), at("idx:b", "1111")), "") << "it tells by now";
}

TEST(Search, AsksForOneKindOfGatesPerFolderOnceAnyAreTrained) {
  const models::Graph graph = tiny_graph();
  SearchSettings exact = settings(), gates = settings();
  exact.methods = only("exact");
  gates.methods = only("freebits");
  gates.gate_epochs = exact.gate_epochs + 1;
  SearchSettings others = gates;
  ++others.gate_epochs;
  const Folder folder;
  claim_folder(folder.path(), graph, exact);
  claim_folder(folder.path(), graph, gates);
  claim_folder(folder.path(), graph, exact);
  try {
    claim_folder(folder.path(), graph, others);
    FAIL() << "expected an error";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("gate_epochs: 2 there, 3 here"), std::string::npos)
        << error.what();
  }
}

TEST(Search, SaysThatNothingIsAccurateEnough) {
  const Folder folder;
  SearchSettings s = settings();
  s.methods = only("sensitivity");
  s.options.budget = 1;
  Trial run(folder.path(), s);
  ASSERT_TRUE(run.search.run(kNever));
  EXPECT_FALSE(run.search.result().chips.front().chosen);
}

}  // namespace
}  // namespace freebits::search::test
