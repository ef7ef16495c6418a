/**
 * How each task is scored: accuracy, retrieval, question answering, captions, boxes.
 *
 * <p>Read {@link dev.decant.train.score.Task} and {@link dev.decant.train.score.Evaluator} first.
 */
@NullMarked
package dev.decant.train.score;

import org.jspecify.annotations.NullMarked;
