// SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>

#include "models/builders/builders.hpp"
#include "models/files/network_file.hpp"
#include "models/quantize/quantize.hpp"
#include "picture.hpp"
#include "program.hpp"
#include "search/data/image.hpp"
#include "search/data/image_folder.hpp"

namespace freebits::test {
namespace {

const std::string kNetwork = "run mobilenet_v1:width=0.1,resolution=16,classes=5 ";

class RunNetwork : public Program {
 protected:
  [[nodiscard]] nlohmann::json document(const std::string& name) const {
    return nlohmann::json::parse(read(file(name)));
  }
};

TEST_F(RunNetwork, IsExactAndTheSameEachTime) {
  ASSERT_EQ(run(kNetwork + "--json " + file("a.json") + " --dump " + file("tensors")).code, 0);
  ASSERT_EQ(run(kNetwork + "--json " + file("b.json")).code, 0);
  const auto a = document("a.json"), b = document("b.json");
  EXPECT_EQ(a.at("schema").at("name"), "freebits.run");
  EXPECT_TRUE(a.at("bit_exact"));
  EXPECT_EQ(a.at("output").size(), 5U);
  EXPECT_EQ(a.at("total_cycles"), b.at("total_cycles"));
  EXPECT_EQ(a.at("layers"), b.at("layers"));
  std::uint64_t sum = 0;
  for (const auto& layer : a.at("layers")) {
    sum += layer.at("cycles").get<std::uint64_t>();
    std::uint64_t of_cores = 0;
    for (const auto& cycles : layer.at("accounting")) of_cores += cycles.get<std::uint64_t>();
    EXPECT_EQ(of_cores, 8 * layer.at("cycles").get<std::uint64_t>()) << layer;
  }
  EXPECT_EQ(sum, a.at("total_cycles"));
  EXPECT_DOUBLE_EQ(a.at("milliseconds"), static_cast<double>(sum) / 250e3);
  EXPECT_EQ(a.at("layers").back().at("kind"), "fully_connected");
  EXPECT_EQ(fs::file_size(folder / "tensors" / "classifier.bin"), 8U);
}

TEST_F(RunNetwork, TakesWidthsAndTargets) {
  ASSERT_EQ(run(kNetwork + "--bits 4 --target xpulpv2 --cores 4 --json " + file("a.json")).code, 0);
  const auto a = document("a.json");
  EXPECT_TRUE(a.at("bit_exact"));
  EXPECT_EQ(a.at("target").at("isa"), "xpulpv2");
  EXPECT_EQ(a.at("layers").at(1).at("weights"), "s4");
  EXPECT_EQ(a.at("layers").at(1).at("in"), "u4");
}

TEST_F(RunNetwork, TakesAnImage) {
  // A PNG of 2 x 2 pixels of one colour.
  static constexpr unsigned char kPng[] = {
      0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44,
      0x52, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x02, 0x08, 0x02, 0x00, 0x00, 0x00, 0xfd,
      0xd4, 0x9a, 0x73, 0x00, 0x00, 0x00, 0x10, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0x38,
      0x21, 0x17, 0x05, 0x44, 0x0c, 0x10, 0x0a, 0x00, 0x24, 0xc6, 0x05, 0x01, 0x04, 0x74, 0x37,
      0xab, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82};
  const auto write_png = [this](const std::string& name, std::size_t bytes) {
    std::ofstream(file(name), std::ios::binary)
        .write(reinterpret_cast<const char*>(kPng), static_cast<std::streamsize>(bytes));
  };
  write_png("image.png", sizeof kPng);
  write_png("cut.png", 60);
  ASSERT_EQ(run(kNetwork + "--json " + file("random.json")).code, 0);
  ASSERT_EQ(run(kNetwork + "--json " + file("a.json") + " --input " + file("image.png")).code, 0);
  EXPECT_TRUE(document("a.json").at("bit_exact"));
  EXPECT_NE(document("a.json").at("output"), document("random.json").at("output"));
  expect_refusal(kNetwork + "--input " + file("cut.png"), "cut.png");
  expect_refusal(kNetwork + "--input /nowhere.png", "/nowhere.png");
  expect_refusal("run mobilenet_v1:width=0.1,resolution=16,channels=2 --input " + file("image.png"),
                 "takes 2 channels of u8, a picture has 3 or 1 of u8; name a .npy");
}

/// The same numbers as a picture, as bytes and as .npy, of a network that takes grey pictures.
TEST_F(RunNetwork, TakesGreyPicturesAndTensors) {
  const std::string network = "run mobilenet_v1:width=0.1,resolution=16,channels=1,classes=5 ";
  write_png(folder / "a.png", 20, 25,
            [](unsigned y, unsigned x, unsigned c) { return (y * 7 + x * 9 + c * 50) % 256; });
  const auto pixels =
      search::read_image(folder / "a.png", {.scaled = {16, 16}, .crop = {16, 16}}, {16, 16, 1});
  const std::string bytes(pixels.begin(), pixels.end());
  const auto write = [this](const std::string& name, const std::string& content) {
    std::ofstream(file(name), std::ios::binary) << content;
  };
  const auto npy = [](const std::string& type, const std::string& shape, const std::string& data) {
    std::string header =
        "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }";
    header.resize(117, ' ');
    return std::string("\x93NUMPY\1\0\x76\0", 10) + header + "\n" + data;
  };
  write("a.bin", bytes);
  write("a.npy", npy("|u1", "(16, 16, 1)", bytes));
  write("b.npy", npy("|u1", "(1, 16, 16)", bytes));
  const auto output = [&](const std::string& input) {
    const Outcome outcome = run(network + "--json " + file("a.json") + " --input " + file(input));
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return document("a.json").at("output");
  };
  const auto expected = output("a.png");
  for (const char* const input : {"a.bin", "a.npy", "b.npy"}) EXPECT_EQ(output(input), expected);
  write("dark.bin", std::string(256, '\1'));
  EXPECT_NE(output("dark.bin"), expected);

  write("short.bin", bytes.substr(1));
  expect_refusal(network + "--input " + file("short.bin"),
                 "255 bytes that are no JPEG, PNG or .npy; expected one, or 16 x 16 x 1 values");
  write("chw.npy", npy("|u1", "(2, 16, 8)", bytes));
  expect_refusal(network + "--input " + file("chw.npy"), "2 x 16 x 8, expected 16 x 16 x 1");
  write("wide.npy", npy("<i2", "(16, 16, 1)", bytes + std::string(255, '\0') + '\1'));
  expect_refusal(network + "--input " + file("wide.npy"), "(u8)");
  write("real.npy", npy("<f4", "(16, 16, 1)", bytes + bytes + bytes + bytes));
  expect_refusal(network + "--input " + file("real.npy"), "numbers of type '<f4'");
}

/// A picture of the data set, given to the exported network, is the image that the data set gave.
TEST_F(RunNetwork, SeesThePixelsItWasTrainedOn) {
  write_picture_set(folder / "set");
  const std::string train =
      "train mobilenet_v1:width=0.1,resolution=32 --dataset folder:" + file("set") +
      " --batch 8 --threads 1 --epochs 1 ";
  ASSERT_EQ(run(train + "--quantize w8a8 --out " + file("a.ckpt")).code, 0);
  const Outcome exported =
      run("train " + file("a.ckpt") + " --evaluate-only --integer " + file("a.fb"));
  ASSERT_EQ(exported.code, 0) << exported.err;
  const auto set = search::open_image_folder(folder / "set", search::Split::Test,
                                             {.preparation = search::folder_preparation(32, 32)});
  // Of the first layer, which makes more of small differences than the last one does.
  const auto stem = [&](const std::string& input) {
    const Outcome outcome =
        run("run " + file("a.fb") + " --dump " + file("tensors") + " --input " + file(input));
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(outcome.err.find("does not say how"), std::string::npos);
    return read(file("tensors/stem.bin"));
  };
  std::string bytes(set->shape().size(), '\0');
  set->read(3, {reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()});
  std::ofstream(file("a.bin"), std::ios::binary) << bytes;
  EXPECT_EQ(stem("set/val/left/3.png"), stem("a.bin"));
  // Scaled straight to the input it is another picture.
  const auto straight = search::read_image(folder / "set/val/left/3.png",
                                           {.scaled = {32, 32}, .crop = {32, 32}}, {32, 32, 3});
  std::ofstream(file("straight.bin"), std::ios::binary)
      << std::string(straight.begin(), straight.end());
  EXPECT_NE(stem("straight.bin"), stem("a.bin"));
}

TEST_F(RunNetwork, SaysWhereANetworkDoesNotTellHowItsPicturesWerePrepared) {
  const models::Graph graph = models::build_network("mobilenet_v1:width=0.1,resolution=16");
  models::write_integer_network(file("old.fb"),
                                models::random_network(graph, models::uniform(graph, 8), 1));
  write_png(folder / "a.png", 20, 25, [](unsigned y, unsigned x, unsigned) { return x + y; });
  const Outcome outcome = run("run " + file("old.fb") + " --input " + file("a.png"));
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.err.find("old.fb does not say how its pictures were prepared: this one is "
                             "scaled to cover 16 x 16, the middle cut out"),
            std::string::npos)
      << outcome.err;
}

TEST_F(RunNetwork, GoesOnFromItsCheckpoint) {
  ASSERT_EQ(run(kNetwork + "--json " + file("whole.json")).code, 0);
  // Stopped as soon as a first layer has been kept.
  const std::string resumable = kNetwork + "--checkpoint " + file("state") + " ";
  const std::string stopped = FREEBITS_PROGRAM " " + resumable + " 2>" + file("err.txt") +
                              " & p=$!; while kill -0 $p 2>/dev/null && ! [ -e " + file("state") +
                              " ]; do sleep 0.01; done; kill -INT $p; wait $p";
  ASSERT_EQ(std::system(stopped.c_str()) >> 8, 3) << read(file("err.txt"));
  EXPECT_NE(read(file("err.txt")).find("the same command goes on"), std::string::npos);
  expect_refusal(kNetwork + "--bits 4 --checkpoint " + file("state"), "state: of another run");
  const Outcome rest = run(resumable + "--json " + file("rest.json"));
  ASSERT_EQ(rest.code, 0) << rest.err;
  EXPECT_NE(rest.err.find("going on from"), std::string::npos);
  EXPECT_FALSE(fs::exists(file("state")));
  for (const char* const key : {"layers", "total_cycles", "output", "bit_exact"})
    EXPECT_EQ(document("rest.json").at(key), document("whole.json").at(key)) << key;
  std::ofstream(file("state")) << "freebits.run_checkpoint 2 00000000 7\nshort";
  expect_refusal(resumable, "state: cut short");
}

TEST_F(RunNetwork, RefusesWhatThereIsNot) {
  expect_refusal("run mobilenet_v9", "mobilenet_v9");
  expect_refusal(kNetwork + "--bits 3", "--bits 3: expected 8, 4, 2 or a file");
  expect_refusal(kNetwork + "--bits /nowhere/bits.json", "expected 8, 4, 2 or a file");
  expect_refusal(kNetwork + "--target nothing", "nothing");
  expect_refusal(kNetwork + "--isa avx", "avx");
  std::string target = read(std::string(FREEBITS_TARGETS) + "/flexv.toml");
  target.replace(target.find("size = \"1.5 MiB\""), 16, "size = \"48 KiB\" ");
  target.replace(target.find("size = \"8 MiB\""), 14, "size = \"16 KiB\"");
  std::ofstream(file("small.toml")) << target;
  expect_refusal(kNetwork + "--target " + file("small.toml"), "L3 has");
}

}  // namespace
}  // namespace freebits::test
