// SPDX-License-Identifier: Apache-2.0
// freebits search, from the command line to cycles on the RTL.
#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <set>

#include "idx_set.hpp"
#include "program.hpp"

namespace freebits::test {
namespace {

using Json = nlohmann::json;

class SearchCommand : public Program {
 protected:
  void SetUp() override {
    Program::SetUp();
    write_idx_split(file("train"), 192);
    write_idx_split(file("t10k"), 64);
  }
  /// A search on it for `mixed`, into a folder `out`.
  [[nodiscard]] std::string tiny(const std::string& out, const std::string& more = "") const {
    return "search mobilenet_v1:width=0.1 --dataset idx:" + folder.string() +
           " --batch 32 --threads 1 --epochs 12 --learning-rate 0.05 --gate-epochs 1 "
           "--fine-tuning-epochs 1"
           " --sensitivity-images 64 --price 0.03 --latency-price 1 --share 0.5 --refinements 1"
           " --max-drop 20 --target mixed --store " +
           file("latency.db") + " --out " + file(out) + " " + more;
  }
  /// SIGINT as soon as `path` is there.
  [[nodiscard]] Outcome run_stopped(const std::string& arguments, const std::string& path) const {
    const std::string command = FREEBITS_PROGRAM " " + arguments + " >" + file("out.txt") + " 2>" +
                                file("err.txt") + " & p=$!; while kill -0 $p 2>/dev/null && ! ls " +
                                path +
                                " >/dev/null 2>&1; do sleep 0.01; done; kill -INT $p; wait $p";
    // A shell without job control starts background processes with SIGINT ignored.
    const int status = std::system(("bash -mc '" + command + "'").c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read(file("out.txt")),
            read(file("err.txt"))};
  }
  [[nodiscard]] Json json(const std::string& path) const { return Json::parse(read(file(path))); }
};

const Json& candidate(const Json& target, const std::string& id) {
  for (const Json& c : target["candidates"]) {
    if (c["id"] == id) return c;
  }
  throw std::runtime_error("no candidate " + id);
}

TEST_F(SearchCommand, EndsWithNetworksThatTheChipRunsAsItSays) {
  const Outcome outcome = run(tiny("r"));
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const Json result = json("r/result.json");
  EXPECT_EQ(result["schema"]["name"], "freebits.search");
  EXPECT_TRUE(result["finished"]);
  const Json& target = result["targets"][0];
  EXPECT_EQ(target["name"], "mixed");
  ASSERT_TRUE(target["chosen"].is_string());
  std::set<std::string> described, proposing;
  for (const Json& method : result["methods"]) described.insert(method["name"]);
  for (const Json& c : target["candidates"]) proposing.insert(c["method"]);
  EXPECT_EQ(proposing, described);
  EXPECT_NE(outcome.out.find("<- to ship"), std::string::npos) << outcome.out;

  const Json& chosen = candidate(target, target["chosen"]);
  const Json& eight = candidate(target, "8-bit");
  const double reduction = target["latency_reduction_vs_8bit"];
  EXPECT_GE(reduction, 0);
  EXPECT_NEAR(reduction,
              1 - chosen["cycles_measured"].get<double>() / eight["cycles_measured"].get<double>(),
              1e-9);
  EXPECT_GE(chosen["accuracy_integer"], result["float_accuracy"].get<double>() - 0.2);

  // Another command says the same of its files: cycles …
  const std::string network = file("r/" + chosen["files"]["integer_network"].get<std::string>());
  const Outcome on_chip = run("run " + network + " --target mixed --json -");
  ASSERT_EQ(on_chip.code, 0) << on_chip.err;
  EXPECT_EQ(Json::parse(on_chip.out)["total_cycles"], chosen["cycles_measured"]);
  // … and accuracies.
  const std::string checkpoint = file("r/" + chosen["files"]["checkpoint"].get<std::string>());
  const Outcome evaluated = run("train " + checkpoint + " --evaluate-only --threads 1 --integer " +
                                file("again.fb") + " --json -");
  ASSERT_EQ(evaluated.code, 0) << evaluated.err;
  const Json accuracy = Json::parse(evaluated.out);
  EXPECT_EQ(accuracy["best_test_accuracy"], chosen["accuracy_float_quantized"]);
  EXPECT_EQ(accuracy["integer_test_accuracy"], chosen["accuracy_integer"]);
  EXPECT_EQ(read(file("again.fb")), read(network));
  EXPECT_NE(read(network).find("preparation"), std::string::npos);

  // The report can be made again.
  EXPECT_FALSE(read(file("r/report.html")).empty());
  EXPECT_EQ(run("report " + file("r") + " --out " + file("again.html")).code, 0);

  // Interrupted and run again, it ends the same.
  ASSERT_EQ(run_stopped(tiny("s"), file("s/configurations/*/accuracy")).code, 3);
  EXPECT_FALSE(json("s/result.json")["finished"]);
  ASSERT_EQ(run(tiny("s")).code, 0);
  const Json again = json("s/result.json");
  EXPECT_EQ(again["targets"], result["targets"]);
  EXPECT_EQ(again["float_accuracy"], result["float_accuracy"]);
}

TEST_F(SearchCommand, PlansWithoutWriting) {
  const Outcome outcome = run(tiny("r", "--dry-run"));
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("float training"), std::string::npos);
  EXPECT_NE(outcome.out.find("latency table of mixed"), std::string::npos);
  EXPECT_FALSE(fs::exists(file("r")));
}

TEST_F(SearchCommand, RefusesWhatMakesNoSenseInOneLine) {
  expect_refusal("search nonsense --out " + file("r"), "nonsense");
  expect_refusal(tiny("r", "--target mixed"), "--target mixed: given twice");
  expect_refusal(
      tiny("r", "--method magic"),
      "--method magic: expected one of bop, published, freebits, latency, exact, sensitivity");
  expect_refusal(tiny("r", "--share 1.5"), "--share 1.5: expected 0 to 1");
  expect_refusal(tiny("r", "--fidelity rough"), "fidelity");
  expect_refusal(tiny("r", "--baseline 4"), "--baseline: expected 8 among them");
  expect_refusal(tiny("r", "--baseline 8 3"), "--baseline 3: expected 8, 4 or 2");
  expect_refusal("search mobilenet_v1:width=0.25 --method freebits --share 0.5 --out " + file("r"),
                 "--share: acts only with --method exact or --method sensitivity");
  expect_refusal(tiny("r", "--checkpoint none.ckpt"), "none.ckpt");
  std::ofstream(file("r")) << "a file";
  expect_refusal(tiny("r"), "r: ");
}

}  // namespace
}  // namespace freebits::test
