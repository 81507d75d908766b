// SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>

#include "program.hpp"

namespace freebits::test {
namespace {

class ProfileNetwork : public Program {
 protected:
  [[nodiscard]] std::string network(const std::string& more = "") const {
    return "profile mobilenet_v1:width=0.1,resolution=16,classes=5 --store " + file("store.db") +
           " " + more;
  }
  [[nodiscard]] nlohmann::json document(const std::string& name) const {
    return nlohmann::json::parse(read(file(name)));
  }
  static std::size_t simulated(const nlohmann::json& document) {
    std::size_t count = 0;
    for (const auto& layer : document.at("layers"))
      for (const auto& entry : layer.at("entries")) count += entry.at("simulated").get<bool>();
    return count;
  }
};

TEST_F(ProfileNetwork, WritesATableThatAddsUpToTheRun) {
  ASSERT_EQ(run(network("--bits 8 --json " + file("a.json"))).code, 0);
  ASSERT_EQ(run(network("--bits 8 --json " + file("b.json"))).code, 0);
  ASSERT_EQ(run("run mobilenet_v1:width=0.1,resolution=16,classes=5 --json " + file("r.json")).code,
            0);
  const auto a = document("a.json"), b = document("b.json");
  EXPECT_EQ(a.at("schema").at("name"), "freebits.profile");
  EXPECT_EQ(a.at("fidelity"), "full");
  EXPECT_GT(simulated(a), 0U);
  EXPECT_EQ(simulated(b), 0U);
  EXPECT_EQ(a.at("total_cycles"), b.at("total_cycles"));
  std::uint64_t sum = 0;
  for (const auto& layer : a.at("layers")) {
    ASSERT_EQ(layer.at("entries").size(), 1U);
    const auto& entry = layer.at("entries")[0];
    sum += entry.at("cycles").get<std::uint64_t>();
    std::uint64_t of_cores = 0;
    for (const auto& cycles : entry.at("accounting")) of_cores += cycles.get<std::uint64_t>();
    EXPECT_EQ(of_cores, 8 * entry.at("cycles").get<std::uint64_t>()) << layer;
  }
  EXPECT_EQ(sum, a.at("total_cycles"));
  EXPECT_EQ(a.at("layers")[0].at("geometry").at("kernel"), nlohmann::json({3, 3}));
  const double whole = document("r.json").at("total_cycles");
  EXPECT_NEAR(static_cast<double>(sum), whole, 0.01 * whole);
}

TEST_F(ProfileNetwork, KeepsWhatIsThereWhenInterrupted) {
  // A signal once the first entries are stored; the second run does the rest.
  const std::string program = FREEBITS_PROGRAM, arguments = network("--jobs 1 ");
  const std::string script = program + " " + arguments +
                             " & pid=$!; until [ \"$(sqlite3_count)\" -ge 1 ]; do sleep 0.05; "
                             "done; kill -INT $pid; wait $pid; ";
  // The store grows as entries come: its log is what shows it without opening it.
  const std::string wait_for = "sqlite3_count() { [ -s " + file("store.db-wal") +
                               " ] && [ $(stat -c %s " + file("store.db-wal") +
                               ") -gt 60000 ] && echo 1 || echo 0; }; ";
  const int status =
      std::system(("bash -c '" + wait_for + script + "exit $?' 2>" + file("log")).c_str());
  ASSERT_EQ(WEXITSTATUS(status), 3) << read(file("log"));
  EXPECT_NE(read(file("log")).find("interrupted: "), std::string::npos);
  ASSERT_EQ(run(network("--json " + file("rest.json"))).code, 0);
  const auto rest = document("rest.json");
  std::size_t entries = 0;
  for (const auto& layer : rest.at("layers")) entries += layer.at("entries").size();
  EXPECT_GT(simulated(rest), 0U);
  ASSERT_EQ(run("profile mobilenet_v1:width=0.1,resolution=16,classes=5 --store " +
                file("other.db") + " --json " + file("all.json"))
                .code,
            0);
  EXPECT_LT(simulated(rest), simulated(document("all.json")));
  EXPECT_EQ(entries, 729U);
}

TEST_F(ProfileNetwork, SetsADamagedStoreAsideAndSaysSo) {
  std::ofstream(file("store.db")) << std::string(5000, 'x');
  const Outcome outcome = run(network("--bits 8"));
  EXPECT_EQ(outcome.code, 0);
  EXPECT_NE(outcome.err.find("store.db.corrupt-1"), std::string::npos) << outcome.err;
  EXPECT_EQ(fs::file_size(file("store.db.corrupt-1")), 5000U);
}

TEST_F(ProfileNetwork, RefusesBadInputInOneLine) {
  expect_refusal(network("--bits 3"), "--bits 3: expected 8, 4, 2 or a file");
  expect_refusal(network("--target nowhere"), "nowhere");
  expect_refusal(network("--fidelity guess"), "fidelity");
  expect_refusal(network("--jobs 0"), "jobs");
  expect_refusal("profile mobilenet_v9 --store " + file("s.db"), "mobilenet_v9");
  expect_refusal("profile ds_cnn --store " + folder.string(), "it is a folder");
  expect_refusal(network("--json " + file("none/x.json")), "none/x.json");
}

}  // namespace
}  // namespace freebits::test
