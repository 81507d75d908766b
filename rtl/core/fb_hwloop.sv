// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
`default_nettype none

// Hardware-loop registers (two nested loops) and the loop-end test of docs/isa.md, made in EX for
// every instruction that falls through. The fetch stage predicts loop ends; this module corrects
// it.
//
// commit_i: the instruction in EX completes this cycle without a trap; registers change only then.
module fb_hwloop (
  input  wire         clk_i,
  input  wire         rst_ni,
  input  wire         commit_i,
  input  wire         fall_through_i,  // neither trap nor control transfer
  input  wire  [31:0] npc_i,           // pc + length
  input  wire  [1:0]  tag_i,           // loop_tag_e: prediction made for this instruction
  // cv.start … cv.setup
  input  wire         write_i,
  input  wire  [31:0] insn_i,
  input  wire  [31:0] pc_i,
  input  wire  [31:0] rs1_i,
  input  wire  [1:0]  inflight_i,      // loop i has predicted ends in fetch, ID or EX
  // correction: the next instruction is at next_pc_o, not where fetch went
  output logic        mispredict_o,
  output logic [31:0] next_pc_o,
  // registers, writes of the instruction in EX already visible (fetch), per loop: address of the
  // first instruction, address behind the last, count
  output logic [31:0] first0_o,
  output logic [31:0] last0_o,
  output logic [31:0] count0_o,
  output logic [31:0] first1_o,
  output logic [31:0] last1_o,
  output logic [31:0] count1_o,
  // CSR access
  input  wire         csr_read_i,
  input  wire  [2:0]  csr_index_i,     // low bits of the CSR number
  output logic [31:0] csr_rdata_o
);

  logic [31:0] first0_q, last0_q, count0_q, first1_q, last1_q, count1_q;

  // Writes of the instruction in EX. funct4 = insn[11:8], loop = insn[7].
  logic        loop, start_we, end_we, count_we;
  logic [31:0] start_value, end_value, count_value;
  assign loop = insn_i[7];
  always_comb begin
    start_we    = 1'b0;
    end_we      = 1'b0;
    count_we    = 1'b0;
    start_value = 'x;
    end_value   = 'x;
    count_value = 'x;
    first0_o    = first0_q;
    last0_o     = last0_q;
    count0_o    = count0_q;
    first1_o    = first1_q;
    last1_o     = last1_q;
    count1_o    = count1_q;
    if (write_i) begin
      start_value = insn_i[8] ? rs1_i : pc_i + {18'd0, insn_i[31:20], 2'b00};
      end_value   = insn_i[8] ? rs1_i : pc_i + {18'd0, insn_i[31:20], 2'b00};
      count_value = insn_i[8] ? rs1_i : {20'd0, insn_i[31:20]};
      unique case (insn_i[10:9])
        2'b00: start_we = 1'b1;
        2'b01: end_we = 1'b1;
        2'b10: count_we = 1'b1;
        default: begin  // setup, setupi
          start_we    = 1'b1;
          end_we      = 1'b1;
          count_we    = 1'b1;
          start_value = pc_i + 32'd4;
          end_value   = pc_i + {18'd0, (insn_i[8] ? insn_i[31:20] : {7'd0, insn_i[19:15]}), 2'b00};
        end
      endcase
      if (start_we && !loop) first0_o = {start_value[31:2], 2'b00};
      if (end_we && !loop) last0_o = {end_value[31:2], 2'b00};
      if (count_we && !loop) count0_o = count_value;
      if (start_we && loop) first1_o = {start_value[31:2], 2'b00};
      if (end_we && loop) last1_o = {end_value[31:2], 2'b00};
      if (count_we && loop) count1_o = count_value;
    end
  end

  // Loop ends: the outer loop (1) is looked at only when the inner one (0) does not go round again.
  logic       hit0, hit1, back0, back1;
  logic [1:0] actual;
  always_comb begin
    hit0         = 1'b0;
    hit1         = 1'b0;
    back0        = 1'b0;
    back1        = 1'b0;
    actual       = 'x;
    mispredict_o = 1'b0;
    next_pc_o    = npc_i;
    if (fall_through_i) begin
      actual = fb_core_pkg::TagNone;
      if (npc_i == last0_o && count0_o != 32'd0) begin
        hit0  = 1'b1;
        back0 = count0_o != 32'd1;
      end
      if (!back0 && npc_i == last1_o && count1_o != 32'd0) begin
        hit1  = 1'b1;
        back1 = count1_o != 32'd1;
      end
      if (back0) begin
        actual    = fb_core_pkg::TagLoop0;
        next_pc_o = first0_o;
      end
      if (back1) begin
        actual    = fb_core_pkg::TagLoop1;
        next_pc_o = first1_o;
      end
      mispredict_o = actual != tag_i || (write_i && inflight_i[loop]);
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      first0_q <= '0;
      last0_q  <= '0;
      count0_q <= '0;
      first1_q <= '0;
      last1_q  <= '0;
      count1_q <= '0;
    end else if (commit_i) begin
      if (write_i) begin
        first0_q <= first0_o;
        last0_q  <= last0_o;
        first1_q <= first1_o;
        last1_q  <= last1_o;
      end
      if (write_i || hit0) count0_q <= count0_o - {31'd0, hit0};
      if (write_i || hit1) count1_q <= count1_o - {31'd0, hit1};
    end
  end

  always_comb begin
    csr_rdata_o = 'x;
    if (csr_read_i) begin
      unique case (csr_index_i)
        3'd0:    csr_rdata_o = first0_q;
        3'd1:    csr_rdata_o = last0_q;
        3'd2:    csr_rdata_o = count0_q;
        3'd4:    csr_rdata_o = first1_q;
        3'd5:    csr_rdata_o = last1_q;
        default: csr_rdata_o = count1_q;
      endcase
    end
  end

  logic unused_bits;
  assign unused_bits = ^{insn_i[14:11], insn_i[6:0], start_value[1:0], end_value[1:0]};

endmodule

`default_nettype wire
