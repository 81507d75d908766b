// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
// Hardware-loop registers (two nested loops) and the loop-end test of docs/isa.md, made in EX for
// every instruction that falls through. The fetch stage predicts loop ends; this module corrects
// it.
//
// commit_i: the instruction in EX completes this cycle without a trap; registers change only then.
module fb_hwloop (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic                   commit_i,
  input  logic                   fall_through_i,  // neither trap nor control transfer
  input  logic [31:0]            npc_i,           // pc + length
  input  logic [1:0]             tag_i,           // loop_tag_e: prediction made for this instruction
  // cv.start … cv.setup
  input  logic                   write_i,
  input  logic [31:0]            insn_i,
  input  logic [31:0]            pc_i,
  input  logic [31:0]            rs1_i,
  input  logic [1:0]             inflight_i,      // loop i has predicted ends in fetch, ID or EX
  // correction: the next instruction is at next_pc_o, not where fetch went
  output logic                   mispredict_o,
  output logic [31:0]            next_pc_o,
  // registers: as in use by fetch (writes in EX already visible), and as CSRs
  output fb_core_pkg::loop_t     fetch_loop0_o,
  output fb_core_pkg::loop_t     fetch_loop1_o,
  output fb_core_pkg::loop_t     loop0_o,
  output fb_core_pkg::loop_t     loop1_o
);

  fb_core_pkg::loop_t loop0_q, loop1_q;  // registers
  fb_core_pkg::loop_t loop0_w, loop1_w;  // … with the writes of the instruction in EX
  logic [31:0]        count0_d, count1_d;

  // Writes of the instruction in EX. funct4 = insn[11:8], loop = insn[7].
  logic [31:0] uimm_l;
  logic        loop;
  assign loop   = insn_i[7];
  assign uimm_l = {20'd0, insn_i[31:20]};

  logic        start_we, end_we, count_we;
  logic [31:0] start_value, end_value, count_value;
  always_comb begin
    start_we    = 1'b0;
    end_we      = 1'b0;
    count_we    = 1'b0;
    start_value = insn_i[8] ? rs1_i : pc_i + {18'd0, insn_i[31:20], 2'b00};
    end_value   = insn_i[8] ? rs1_i : pc_i + {18'd0, insn_i[31:20], 2'b00};
    count_value = insn_i[8] ? rs1_i : uimm_l;
    unique case (insn_i[10:9])
      2'b00: start_we = write_i;
      2'b01: end_we = write_i;
      2'b10: count_we = write_i;
      default: begin  // setup, setupi
        start_we    = write_i;
        end_we      = write_i;
        count_we    = write_i;
        start_value = pc_i + 32'd4;
        end_value   = pc_i + {18'd0, (insn_i[8] ? insn_i[31:20] : {7'd0, insn_i[19:15]}), 2'b00};
      end
    endcase
  end

  always_comb begin
    loop0_w = loop0_q;
    loop1_w = loop1_q;
    if (loop) begin
      if (start_we) loop1_w.first = {start_value[31:2], 2'b00};
      if (end_we) loop1_w.last = {end_value[31:2], 2'b00};
      if (count_we) loop1_w.count = count_value;
    end else begin
      if (start_we) loop0_w.first = {start_value[31:2], 2'b00};
      if (end_we) loop0_w.last = {end_value[31:2], 2'b00};
      if (count_we) loop0_w.count = count_value;
    end
  end

  // Loop ends: the outer loop (1) is looked at only when the inner one (0) does not go round again.
  logic hit0, hit1, back0, back1;
  assign hit0      = fall_through_i && npc_i == loop0_w.last && loop0_w.count != 32'd0;
  assign back0     = hit0 && loop0_w.count != 32'd1;
  assign hit1      = fall_through_i && !back0 && npc_i == loop1_w.last && loop1_w.count != 32'd0;
  assign back1     = hit1 && loop1_w.count != 32'd1;
  assign count0_d  = loop0_w.count - {31'd0, hit0};
  assign count1_d  = loop1_w.count - {31'd0, hit1};
  assign next_pc_o = back0 ? loop0_w.first : back1 ? loop1_w.first : npc_i;

  logic [1:0] actual;
  assign actual = back0 ? fb_core_pkg::TagLoop0 :
                  back1 ? fb_core_pkg::TagLoop1 : fb_core_pkg::TagNone;
  assign mispredict_o = fall_through_i && (actual != tag_i || (write_i && inflight_i[loop]));

  assign fetch_loop0_o = loop0_w;
  assign fetch_loop1_o = loop1_w;
  assign loop0_o       = loop0_q;
  assign loop1_o       = loop1_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      loop0_q <= '0;
      loop1_q <= '0;
    end else if (commit_i) begin
      loop0_q       <= loop0_w;
      loop1_q       <= loop1_w;
      loop0_q.count <= count0_d;
      loop1_q.count <= count1_d;
    end
  end

  logic unused_bits;
  assign unused_bits = ^{insn_i[14:11], insn_i[6:0], start_value[1:0], end_value[1:0]};

endmodule
