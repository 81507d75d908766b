// SPDX-License-Identifier: Apache-2.0
// Where freebits keeps what outlives a run, and what it leaves behind: caches, stores, temporary
// folders, and names that folders of the user have, too.
#include <nlohmann/json.hpp>

#include "program.hpp"

namespace freebits::test {
namespace {

const std::string kNetwork = "mobilenet_v1:width=0.1,resolution=16,classes=5";

class Places : public Program {
 protected:
  /// A program for the cluster, and a target whose geometry nobody has built.
  [[nodiscard]] std::string unusual() const {
    in_l2(exits_with(0)).write(file("ok.elf"));
    std::string target = run("targets flexv").out;
    const std::string key = "queue_depth = 8";
    target.replace(target.find(key), key.size(), "queue_depth = 4");
    std::ofstream(file("unusual.toml")) << target;
    return "exec --target " + file("unusual.toml") + " " + file("ok.elf");
  }
  void tool(const std::string& name, const std::string& script) const {
    fs::create_directories(folder / "bin");
    std::ofstream(folder / "bin" / name) << "#!/bin/sh\n" << script;
    fs::permissions(folder / "bin" / name, fs::perms::all);
  }
};

TEST_F(Places, ABuildOfAGeometryEndsWithCode3WhenInterrupted) {
  tool("verilator", "touch " + file("begun") + "; sleep 600");
  tool("clang++-19", "");
  const std::string command = unusual();
  for (const char* signal : {"INT", "TERM"}) {
    fs::remove(folder / "begun");
    const std::string start = "env PATH=" + file("bin") + ":$PATH FREEBITS_CACHE=" + file("cache") +
                              " " + FREEBITS_PROGRAM + " " + command + " 2>" + file("log") +
                              " & p=$!; while ! [ -e " + file("begun") +
                              " ]; do sleep 0.05; done; kill -" + signal + " $p; wait $p";
    const int status = std::system(("bash -c '" + start + "'").c_str());
    EXPECT_EQ(WEXITSTATUS(status), 3) << signal;
    EXPECT_NE(read(file("log")).find("\nfreebits: interrupted\n"), std::string::npos)
        << read(file("log"));
  }
  for (const auto& entry : fs::directory_iterator(folder / "cache"))
    EXPECT_EQ(entry.path().extension(), ".lock") << "left: " << entry.path();
}

TEST_F(Places, ACacheThatOthersMayWriteIsRefusedByName) {
  const std::string command = unusual();
  fs::create_directories(folder / "cache");
  fs::permissions(folder / "cache", fs::perms::all);
  const Outcome outcome = run(command, "env FREEBITS_CACHE=" + file("cache") + " ");
  EXPECT_EQ(outcome.code, 2);
  EXPECT_EQ(outcome.err, "freebits: " + file("cache") +
                             ": can be written by others (mode 777; chmod go-w makes it yours); "
                             "expected a folder of your own: set FREEBITS_CACHE to one\n");
}

TEST_F(Places, ALatencyStoreIsNeverChosenInTheWorkingFolder) {
  for (const char* without : {"env -u HOME -u XDG_CACHE_HOME ", "env -u XDG_CACHE_HOME HOME=. "}) {
    const Outcome outcome =
        run("profile " + kNetwork + " --bits 8", "cd " + folder.string() + " && " + without);
    EXPECT_EQ(outcome.code, 2) << without;
    EXPECT_EQ(outcome.err,
              "freebits: there is no place for the latency store: neither XDG_CACHE_HOME nor HOME "
              "holds an absolute path; give --store FILE or set one of them\n");
  }
  EXPECT_FALSE(fs::exists(folder / "freebits"));
  EXPECT_FALSE(fs::exists(folder / ".cache"));
  EXPECT_EQ(run("profile --help", "env -u HOME -u XDG_CACHE_HOME ").code, 0);
}

TEST_F(Places, AMissingFolderForTemporaryFilesIsOneLine) {
  for (const std::string& command :
       {"run " + kNetwork, "profile " + kNetwork + " --bits 8 --store " + file("store.db")}) {
    const Outcome outcome = run(command, "env TMPDIR=/nonexistent ");
    EXPECT_EQ(outcome.code, 2) << outcome.err;
    EXPECT_EQ(outcome.err,
              "freebits: TMPDIR=/nonexistent: no such folder; set it to a folder that can be "
              "written, or unset it\n");
  }
}

TEST_F(Places, NothingIsLeftInTheFolderForTemporaryFilesAndWhatIsThereOfOthersStays) {
  fs::create_directories(folder / "tmp" / "freebits-link-1-0");     // predictable: somebody else's
  fs::create_directories(folder / "tmp" / "freebits-link.abcdef");  // of a run that was killed
  ASSERT_EQ(run("run " + kNetwork, "env TMPDIR=" + file("tmp") + " ").code, 0);
  EXPECT_TRUE(fs::exists(folder / "tmp" / "freebits-link-1-0"));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder / "tmp"), {}), 1);
}

TEST_F(Places, AFolderDoesNotHideABuiltInNetworkOfItsName) {
  fs::create_directories(folder / kNetwork);
  const std::string here = "cd " + folder.string() + " && ";
  EXPECT_EQ(run("run " + kNetwork + " --json a.json", here).code, 0);
  EXPECT_EQ(run("profile " + kNetwork + " --bits 8 --store store.db", here).code, 0);
}

TEST_F(Places, WidthsMayNameTheirNetworkInShort) {
  // All of the layers' names, out of a run.
  ASSERT_EQ(run("run resnet8:resolution=16 --json " + file("run.json")).code, 0);
  nlohmann::json bits = {{"schema", {{"name", "freebits.bits"}, {"version", 1}}},
                         {"weights", nlohmann::json::object()},
                         {"activations", {{"input", 8}}}};
  const auto document = nlohmann::json::parse(read(file("run.json")));
  for (const auto& layer : document.at("layers")) {
    const std::string name = layer.at("name");
    bits["activations"][name] = 8;
    const std::string kind = layer.at("kind");
    if (kind != "add" && kind != "average_pool") bits["weights"][name] = 8;
  }
  for (const char* network :
       {"resnet8:resolution=16", "resnet8:resolution=16,classes=10", "resnet8"}) {
    bits["network"] = network;
    std::ofstream(file("bits.json")) << bits;
    const Outcome outcome = run("run resnet8:resolution=16 --bits " + file("bits.json"));
    EXPECT_EQ(outcome.code, 0) << network << ": " << outcome.err;
  }
  for (const char* network : {"resnet8:resolution=32", "resnet8:width=0.5", "ds_cnn", "nothing"}) {
    bits["network"] = network;
    std::ofstream(file("bits.json")) << bits;
    expect_refusal("run resnet8:resolution=16 --bits " + file("bits.json"),
                   std::string("network: \"") + network + "\", expected \"resnet8:");
  }
}

}  // namespace
}  // namespace freebits::test
